import { Page } from '@/shared/ui/Page'

export function NotFound() {
  return (
    <Page title="There is no such page" intro="Its address is wrong, or it is not yours to see.">
      <p>
        <a href="/">Go to the market</a>
      </p>
    </Page>
  )
}
