package operator

import (
	"context"

	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// GetVisitorMeta implements OperatorService. It passes the gateway's answer on and keeps nothing: a dialog's
// document, which is announced and kept, never has it.
func (s *Service) GetVisitorMeta(ctx context.Context, req *operatorv1.GetVisitorMetaRequest) (*operatorv1.GetVisitorMetaResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err != nil {
		return nil, failed(ctx, "get visitor meta", err)
	}
	if !reads(p, who, d) {
		return nil, errNotFound
	}
	ctx, cancel := context.WithTimeout(ctx, gatewayTimeout)
	defer cancel()
	meta, err := s.deps.Gateway.GetVisitorMeta(ctx, &gatewayv1.GetVisitorMetaRequest{Bot: d.GetBot(), Conversation: d.GetConversation()})
	if err != nil {
		return nil, failed(ctx, "get visitor meta", gatewayError(err))
	}
	return &operatorv1.GetVisitorMetaResponse{Ip: meta.GetIp(), Country: meta.GetCountry(), City: meta.GetCity(), SeenAt: meta.GetSeenAt()}, nil
}
