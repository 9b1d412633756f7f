import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AccessRequest } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import type { Loaded } from "../api/use-loaded.ts";
import { useVisible } from "../ui/use-visible.ts";
import { followRequest } from "./follow-request.ts";

interface State {
  readonly id: string;
  readonly value?: AccessRequest | undefined;
  readonly error?: unknown;
  /** In a row, since the API last responded. */
  readonly failures: number;
}

export interface FollowedRequest extends Loaded<AccessRequest> {
  readonly failures: number;
  /** Shows what a change has responded with. */
  readonly replace: (request: AccessRequest) => void;
}

/** Loads an access request and follows its changes, as long as the page can be seen. */
export function useRequest(id: string): FollowedRequest {
  const isVisible = useVisible();
  const turn = useSignal(0);
  const state = useSignal<State>({ id, failures: 0 });
  const last = state.value.id === id ? state.value : { id, failures: 0 };
  const update = (next: Partial<State>) => {
    const before = state.peek();
    state.value = { ...(before.id === id ? before : { id, failures: 0 }), ...next };
  };
  useEffect(() => {
    if (!isVisible) return;
    const control = new AbortController();
    const { signal } = control;
    const follow = async () => {
      const onUpdate = (value: AccessRequest, failures: number) => {
        if (!signal.aborted) update({ value, failures, error: undefined });
      };
      const first = await api().call("getAccessRequest", { id }, { signal });
      onUpdate(first, 0);
      await followRequest(api(), first, { signal, onUpdate });
    };
    follow().catch((error: unknown) => {
      if (!signal.aborted) update({ error });
    });
    return () => control.abort();
  }, [id, isVisible, turn.value]);
  const reload = () => {
    update({ error: undefined });
    turn.value++;
  };
  const replace = (value: AccessRequest) => {
    update({ value, error: undefined });
    turn.value++;
  };
  const { value, error, failures } = last;
  return { value, error, failures, isLoading: value === undefined && error === undefined, reload, replace };
}
