import { isFinal, type Status, statuses } from '@saucery/contracts/status'

/**
 * The statuses as an order goes through them. More events never lead back to an earlier one. So who reads one status
 * after another, in this order, finds every order at least once, also those that change meanwhile.
 * (view-store.int.test: "lists every order, also while all of them change")
 */
export const statusesInFlow: readonly Status[] = [...statuses].reverse()

export const openStatuses: readonly Status[] = statusesInFlow.filter((status) => !isFinal(status))
