// Package rpcerr says in gRPC statuses what is wrong with a request.
package rpcerr

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
)

// Invalid is INVALID_ARGUMENT that names the field, in its message and as google.rpc.BadRequest.
func Invalid(field string, err error) error {
	return BadRequest(field+": "+err.Error(), &errdetails.BadRequest_FieldViolation{Field: field, Description: err.Error()})
}

// BadRequest is INVALID_ARGUMENT with every field that is wrong as google.rpc.BadRequest.
func BadRequest(message string, fields ...*errdetails.BadRequest_FieldViolation) error {
	return With(codes.InvalidArgument, message, &errdetails.BadRequest{FieldViolations: fields})
}

// With is a status with a detail, or without it if it cannot be encoded.
func With(code codes.Code, message string, detail protoadapt.MessageV1) error {
	s := status.New(code, message)
	if with, err := s.WithDetails(detail); err == nil {
		s = with
	}
	return s.Err()
}
