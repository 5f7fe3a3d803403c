import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from '../texts/texts.ts'
import { announcement } from './parts.tsx'

interface CopyButtonProps {
  readonly text: string
  /** What is copied, for the button's name and the confirmation. */
  readonly what: string
  /** A label beside the mark. */
  readonly children?: ComponentChildren
}

/** Copies the text, and confirms it in place and to screen readers. */
export function CopyButton({ text, what, children }: CopyButtonProps) {
  const [copied, setCopied] = useState<boolean | undefined>(undefined)
  useEffect(() => {
    if (copied === undefined) return
    const timer = setTimeout(setCopied, 2000, undefined)
    return () => clearTimeout(timer)
  }, [copied])

  async function copy(): Promise<void> {
    const isCopied = await copyText(text)
    setCopied(isCopied)
    announcement.value = isCopied ? t.common.copiedWhat(what) : t.common.cannotCopyWhat(what)
  }

  const name = t.common.copy(what)
  return (
    <span class="copy">
      <button type="button" aria-label={name} title={name} onClick={() => void copy()}>
        <svg viewBox="0 0 16 16" width="1em" height="1em" aria-hidden="true">
          <path d={copied ? 'M2 9l4 4 8-9' : 'M5 5V2h9v9h-3M2 5h9v9H2z'} />
        </svg>
        {children}
      </button>
      {copied !== undefined && (
        <span class="copied" aria-hidden="true">
          {copied ? t.common.copied : t.common.cannotCopy}
        </span>
      )}
    </span>
  )
}

export const CopiedId = ({ id, what }: { id: string; what: string }) => (
  <>
    <code>{id}</code> <CopyButton text={id} what={what} />
  </>
)

/** Browsers have no clipboard over plain HTTP beyond localhost, and may deny it: then a selection is copied. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copySelected(text)
  }
}

function copySelected(text: string): boolean {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'hidden'
  document.body.append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true })
  return copied
}
