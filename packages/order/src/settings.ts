import { participantSettings } from '@saucery/chassis/settings'

export const orderSettings = participantSettings
