import { dashboardSettings } from '@saucery/dashboard/settings'
import { deliverySettings } from '@saucery/delivery/settings'
import { gatewaySettings } from '@saucery/gateway/settings'
import { orderSettings } from '@saucery/order/settings'
import { paymentSettings } from '@saucery/payment/settings'
import { provisionSettings } from '@saucery/provision/settings'

/** The settings of each container. */
export const schemas = {
  order: orderSettings,
  payment: paymentSettings,
  delivery: deliverySettings,
  dashboard: dashboardSettings,
  gateway: gatewaySettings,
  provision: provisionSettings,
}
