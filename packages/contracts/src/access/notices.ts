import type { Service } from '../choreography.ts'

/**
 * The subject on which a service tells that dead letters of its own were settled, for the live feed. No stream has it.
 * @param service `*`: of every service
 */
export const deadLetterNotices = (service: Service | '*'): string => `operations.${service}.dead-letters`
