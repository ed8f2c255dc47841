import { createContext } from 'react'

/** The end of the tabs' line, where the table that is shown puts its buttons. */
export const ToolsPlace = createContext<HTMLElement | null>(null)
