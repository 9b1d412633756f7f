export function AuditPage(_: { readonly query: URLSearchParams }) {
  return <h1>Audit</h1>;
}
