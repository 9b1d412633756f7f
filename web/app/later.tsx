import { type Signal, signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { NetworkError } from "../../sdk/index.ts";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { focusHeading } from "../ui/heading.ts";

/** A page whose code is loaded when it is shown for the first time. @param load imports it */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const loaded: Signal<ComponentType<Props> | undefined> = signal();
  return function Later(props) {
    const state = useLoaded(async () => {
      loaded.value ??= await load().catch((cause: unknown) => {
        throw new NetworkError("FETCH_FAILED", location.host, cause);
      });
    }, []);
    const LoadedPage = loaded.value;
    useEffect(() => {
      if (LoadedPage) focusHeading();
    }, [LoadedPage]);
    if (LoadedPage) return <LoadedPage {...props} />;
    return (
      <ShowLoaded of={state} what="the page">
        {() => null}
      </ShowLoaded>
    );
  };
}
