package authz

import (
	"slices"
	"strings"

	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
)

// rule says who may call a method. The zero rule lets nobody in.
type rule struct {
	public   bool // everybody, without a credential
	anybody  bool // everybody with a good credential
	roles    []configv1.Role
	services []string
}

func (r rule) allows(p Principal) bool {
	switch {
	case r.public, r.anybody && p.Kind != 0:
		return true
	case p.Kind == Service:
		return slices.Contains(r.services, p.ID)
	case p.Kind == Person, p.Kind == Machine:
		return slices.Contains(r.roles, p.Role)
	}
	return false
}

// describe lists who may call, for a refusal.
func (r rule) describe() string {
	var who []string
	for _, role := range r.roles {
		who = append(who, roleName(role))
	}
	for _, s := range r.services {
		who = append(who, "service "+s)
	}
	return strings.Join(who, ", ")
}

// table is who may call what, by full method name. What is not in it is refused. Which bots a caller
// sees is the method's own check, by [Principal.SeesBot].
func table() map[string]rule {
	const (
		operator   = configv1.Role_ROLE_OPERATOR
		supervisor = configv1.Role_ROLE_SUPERVISOR
		admin      = configv1.Role_ROLE_ADMIN
		integrator = configv1.Role_ROLE_INTEGRATOR
	)
	roles := func(r ...configv1.Role) rule { return rule{roles: r} }
	services := func(s ...string) rule { return rule{services: s} }
	everyRole := roles(operator, supervisor, admin, integrator)
	people := roles(operator, supervisor, admin)

	return map[string]rule{
		configv1.BotService_ListBots_FullMethodName:  everyRole,
		configv1.BotService_GetBot_FullMethodName:    everyRole,
		configv1.BotService_Watch_FullMethodName:     everyRole,
		configv1.BotService_CreateBot_FullMethodName: roles(admin),
		configv1.BotService_UpdateBot_FullMethodName: roles(admin),

		configv1.BotService_GetIdentitySecret_FullMethodName:    roles(admin),
		configv1.BotService_RotateIdentitySecret_FullMethodName: roles(admin),

		configv1.AuthService_SignIn_FullMethodName:  {public: true},
		configv1.AuthService_Refresh_FullMethodName: {public: true},
		configv1.AuthService_SignOut_FullMethodName: {public: true},
		configv1.AuthService_GetMe_FullMethodName:   {anybody: true},

		configv1.AccessService_CreateUser_FullMethodName:   roles(admin),
		configv1.AccessService_ListUsers_FullMethodName:    roles(admin),
		configv1.AccessService_CreateApiKey_FullMethodName: roles(admin),
		configv1.AccessService_ListApiKeys_FullMethodName:  roles(admin),
		configv1.AccessService_RevokeApiKey_FullMethodName: roles(admin),

		operatorv1.OperatorService_ListDialogs_FullMethodName:    everyRole,
		operatorv1.OperatorService_GetDialog_FullMethodName:      everyRole,
		operatorv1.OperatorService_Watch_FullMethodName:          everyRole,
		operatorv1.OperatorService_GetVisitorMeta_FullMethodName: people,
		operatorv1.OperatorService_Take_FullMethodName:           people,
		operatorv1.OperatorService_SendTyping_FullMethodName:     people,
		operatorv1.OperatorService_Send_FullMethodName:           everyRole,
		operatorv1.OperatorService_Close_FullMethodName:          everyRole,
		operatorv1.OperatorService_SendThinking_FullMethodName:   everyRole,
		operatorv1.OperatorService_SendPartial_FullMethodName:    everyRole,
		operatorv1.OperatorService_EditMessage_FullMethodName:    everyRole,
		operatorv1.OperatorService_DeleteMessage_FullMethodName:  everyRole,
		operatorv1.OperatorService_MarkSeen_FullMethodName:       everyRole,

		operatorv1.IntakeService_OpenDialog_FullMethodName: services(token.Scenario),

		gatewayv1.GatewayService_Deliver_FullMethodName:          services(token.Scenario, token.Operator),
		gatewayv1.GatewayService_ChangeOwner_FullMethodName:      services(token.Scenario, token.Operator),
		gatewayv1.GatewayService_SendEvent_FullMethodName:        services(token.Scenario, token.Operator),
		gatewayv1.GatewayService_GetVisitorMeta_FullMethodName:   services(token.Operator),
		gatewayv1.GatewayService_EraseVisitorMeta_FullMethodName: services(token.History),

		gatewayv1.VisitorService_RevokeVisitor_FullMethodName: everyRole,

		historyv1.HistoryService_ListMessages_FullMethodName: {
			roles: everyRole.roles, services: []string{token.Gateway, token.Operator},
		},

		scenariov1.ScenarioService_PublishScenario_FullMethodName: roles(admin),
		scenariov1.ScenarioService_GetScenario_FullMethodName:     roles(supervisor, admin),

		healthgrpc.Health_Check_FullMethodName: {public: true},
		healthgrpc.Health_List_FullMethodName:  {public: true},
		healthgrpc.Health_Watch_FullMethodName: {public: true},
	}
}
