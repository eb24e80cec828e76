-- One tool call in a session, as a client that never changes: the token and the session come as arguments.
function init(args)
  wrk.method = "POST"
  wrk.headers["authorization"] = "Bearer " .. args[1]
  wrk.headers["mcp-session-id"] = args[2]
  wrk.headers["mcp-protocol-version"] = "2025-11-25"
  wrk.headers["content-type"] = "application/json"
  wrk.headers["accept"] = "application/json, text/event-stream"
  wrk.body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{}}}'
end

function done(summary, latency, requests)
  io.write(string.format("calls %d errors %d\n", summary.requests,
    summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout + summary.errors.connect))
end
