export function AskPage(_: { readonly query: URLSearchParams }) {
  return <h1>Ask for access</h1>;
}
