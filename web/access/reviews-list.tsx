import type { AccessRequest } from "../../sdk/types.ts";
import { Quoted } from "../ui/quoted.tsx";
import { Time } from "../ui/time.tsx";
import { reviewWords } from "./request-words.ts";

/** Who approved or denied, oldest first: what they did, and then what they wrote. */
export function ReviewsList({ reviews }: Pick<AccessRequest, "reviews">) {
  if (reviews.length === 0) return null;
  return (
    <ul class="bare">
      {reviews.map((review) => (
        <li key={review.reviewer + review.at}>
          <bdi>{review.reviewer}</bdi> {reviewWords(review)}, <Time at={review.at} />
          {review.comment === undefined ? null : <Quoted text={review.comment} />}
        </li>
      ))}
    </ul>
  );
}
