// Loaded together when one of them is first shown.
export { AuditPage } from "./audit-page.tsx";
export { StoryPage } from "./story-page.tsx";
