export function RequestPage({ id }: { readonly id: string }) {
  return <h1>Access request {id}</h1>;
}
