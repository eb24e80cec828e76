-- A tools/call as an MCP client posts it; TOKEN is the bearer token, empty for none.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json, text/event-stream"
wrk.headers["MCP-Protocol-Version"] = "2025-11-25"
local token = os.getenv("TOKEN")
if token and token ~= "" then wrk.headers["Authorization"] = "Bearer " .. token end
wrk.body = '{"method":"tools/call","params":{"name":"echo","arguments":{"message":"hello"}},"jsonrpc":"2.0","id":42}'
