// What can be done on the API screen.

import WeirEngine
import WeirTerminal

enum APICommands {
    static let all: [Command] = [
        Command(
            "api.open", [KeyPress(.enter), KeyPress(.tab), KeyPress(.backTab)],
            "go between the endpoints and the last requests", on: [.api], footer: "requests"
        ) { model in
            model.api.isInRequests.toggle()
            return []
        },
        Command(
            "api.curl", [character("c")], "copy the request as a curl command", on: [.api],
            footer: "curl"
        ) { model in
            guard let text = model.curl else {
                model.say("choose a request first: Tab", isError: true)
                return []
            }
            // The bodies of requests are not kept.
            let needsBody = text.hasPrefix("curl -X POST")
            model.say((needsBody ? "copied, add the body with -d: " : "copied: ") + text)
            return [.copy(text)]
        },
        Command(
            "api.address", [character("o")], "copy the address of the explorer", on: [.api],
            footer: "address"
        ) { model in
            guard let address = model.api.status?.address else {
                model.say("nothing is served", isError: true)
                return []
            }
            model.say("copied \(address), the page of the API")
            return [.copy(address)]
        },
    ]
}

extension Model {
    /// The selected request; the body of a POST is not kept.
    var curl: String? {
        guard let status = api.status else { return nil }
        if api.isInRequests, let request = api.selectedRequest {
            let method = Self.method(request.method)
            return "curl \(method)'\(status.address)\(request.path.replacing("'", with: "%27"))'"
        }
        guard let endpoint = api.selectedEndpoint else { return nil }
        let method = Self.method(endpoint.method)
        return "curl \(method)'\(status.address)\(endpoint.route)'"
    }

    private static func method(_ name: String) -> String {
        switch name {
        case "GET": ""
        case "POST": "-X POST -H 'Content-Type: application/json' "
        default: "-X \(name) "
        }
    }
}
