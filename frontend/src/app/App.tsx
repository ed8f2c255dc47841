/** The whole UI: providers around routes. */
export function App() {
  return <h1>Day Trading</h1>
}
