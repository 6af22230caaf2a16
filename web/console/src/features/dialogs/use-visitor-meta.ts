import { useQuery } from "@tanstack/react-query";
import type { GetVisitorMetaResponse } from "@switchboard/proto/operator/v1/operator_pb";
import { useApi } from "../../api/api";
import { keys } from "../../live/keys";

/** From where a dialog's visitor came last, if that is known. It is asked for when it is shown, and kept no longer. */
export function useVisitorMeta(dialogId: string): GetVisitorMetaResponse | undefined {
  const api = useApi();
  return useQuery({
    queryKey: keys.visitorMeta(dialogId),
    queryFn: ({ signal }) => api.operator.getVisitorMeta({ dialogId }, { signal }),
    gcTime: 0,
    structuralSharing: false,
  }).data;
}
