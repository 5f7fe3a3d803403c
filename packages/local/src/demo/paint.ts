import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'underline' | 'green' | 'red' | 'yellow' | 'cyan'
/** A text in the style, or as it is where colours are off. */
export type Paint = (style: Style, text: string) => string

export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? styleText(style, text, { validateStream: false }) : text

/** Only a terminal shows colours. @see https://no-color.org */
export const showsColours = ({ isTTY }: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean =>
  Boolean(isTTY && !env.NO_COLOR && !env.CI)
