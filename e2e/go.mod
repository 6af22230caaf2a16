module github.com/switchboard-chat/switchboard/e2e

go 1.26.0
