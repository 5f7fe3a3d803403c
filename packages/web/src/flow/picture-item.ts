export interface ItemProps {
  readonly id: string
  /** It in words. */
  readonly text: string
  readonly isSelected: boolean
  /** The Tab key reaches it. */
  readonly isCurrent: boolean
  readonly onClick: () => void
  readonly onFocus: () => void
  readonly onPoint: (id: string | undefined) => void
}

/** What makes a part of the picture a button. */
export const itemAttributes = ({
  id,
  text,
  isSelected,
  isCurrent,
  onClick,
  onFocus,
  onPoint,
}: ItemProps) => ({
  role: 'button' as const,
  'aria-label': text,
  'aria-expanded': isSelected,
  'data-item': id,
  tabIndex: isCurrent ? 0 : -1,
  onClick,
  onFocus,
  onBlur: () => onPoint(undefined),
  onPointerEnter: () => onPoint(id),
  onPointerLeave: () => onPoint(undefined),
})
