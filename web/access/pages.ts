// Loaded together when one of them is first shown.
export { AccessPage } from "./access-page.tsx";
export { AskPage } from "./ask-page.tsx";
export { RequestPage } from "./request-page.tsx";
export { ReviewsPage } from "./reviews-page.tsx";
