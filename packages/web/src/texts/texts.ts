import { en, type Texts } from './en.ts'
import { ko } from './ko.ts'
import { language } from './language.ts'

/** Every text of the page in its language. Statuses, events and services have the same names in all of them. */
export const t: Texts = { en, ko }[language]
