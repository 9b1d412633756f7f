export function ReviewsPage(_: { readonly query: URLSearchParams }) {
  return <h1>Reviews</h1>;
}
