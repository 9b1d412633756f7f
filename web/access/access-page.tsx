export function AccessPage(_: { readonly query: URLSearchParams }) {
  return <h1>My access</h1>;
}
