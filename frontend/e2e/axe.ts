import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const WCAG_2_2_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * While the symbol list is open Base UI hides everything else from screen readers, links included. Nobody gets
 * there: Tab closes the list first, which ends the hiding.
 */
const ALLOWED: Readonly<Record<string, string[]>> = { 'the symbol list': ['aria-hidden-focus'] }

/** What is shown now breaks no rule that axe knows; `what` it is, for whoever reads the failure. */
export async function passesAxe(page: Page, what: string): Promise<void> {
  const axe = new AxeBuilder({ page }).withTags(WCAG_2_2_AA).disableRules(ALLOWED[what] ?? [])
  const { violations } = await axe.analyze()
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  )
  expect.soft(found, what).toEqual([])
}
