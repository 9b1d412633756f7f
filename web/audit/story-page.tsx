export function StoryPage(_: { readonly query: URLSearchParams }) {
  return <h1>Story</h1>;
}
