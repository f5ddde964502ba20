// `weir lsp`: what editors ask, answered by the front end (LSP 3.17).

import Foundation
import WeirPlanner
import WeirSQL

/// Answers one editor until it says exit.
package struct LanguageServer {
    private var transport: Transport
    private var workspace = Workspace()
    /// Files that have findings on show, by the file whose project they came from.
    private var published: [String: Set<String>] = [:]
    private var isShutDown = false

    package init(transport: Transport) { self.transport = transport }

    /// Runs until the input ends or the editor says exit.
    ///
    /// - Returns: whether the editor shut the server down first, as it should.
    package mutating func run() -> Bool {
        while let message = transport.read() {
            let method = message["method"] as? String
            if method == "exit" { return isShutDown }
            let parameters = message["params"] as? [String: Any] ?? [:]
            guard let id = message["id"] else {
                notify(method ?? "", parameters)
                continue
            }
            guard let method else {
                if message["result"] == nil, message["error"] == nil {
                    fail(id, -32600, "this is no request")
                }
                continue
            }
            answer(id, method, parameters)
        }
        return isShutDown
    }

    private func respond(_ id: Any, _ result: Any?) {
        transport.write(["jsonrpc": "2.0", "id": id, "result": result ?? NSNull()])
    }

    private func fail(_ id: Any, _ code: Int, _ message: String) {
        transport.write([
            "jsonrpc": "2.0", "id": id,
            "error": ["code": code, "message": message] as [String: Any],
        ])
    }

    // MARK: Requests

    private mutating func answer(_ id: Any, _ method: String, _ parameters: [String: Any]) {
        switch method {
        case "initialize": respond(id, Self.capabilities)
        case "shutdown":
            isShutDown = true
            respond(id, nil)
        case "textDocument/completion":
            respond(
                id, place(parameters).map { Completion.items($0.compilation, $0.context) } ?? [])
        case "textDocument/hover":
            let text = place(parameters).flatMap { Hover.text($0.compilation, $0.context) }
            respond(id, text.map { ["contents": ["kind": "markdown", "value": $0]] })
        case "textDocument/definition": respond(id, place(parameters).flatMap(definition))
        case "textDocument/formatting": respond(id, formatting(parameters))
        case "textDocument/codeAction": respond(id, actions(parameters))
        default: fail(id, -32601, "there is no method \(method)")
        }
    }

    private static var capabilities: [String: Any] {
        [
            "capabilities": [
                "textDocumentSync": 1, "hoverProvider": true, "definitionProvider": true,
                "documentFormattingProvider": true, "codeActionProvider": true,
                "completionProvider": ["triggerCharacters": [".", ":"]],
            ] as [String: Any],
            "serverInfo": ["name": "weir"],
        ]
    }

    /// What a place in a document is about.
    private struct Place {
        let compilation: Compilation
        let source: SourceText
        let context: CursorContext
    }

    private func path(_ parameters: [String: Any]) -> String? {
        let document = parameters["textDocument"] as? [String: Any]
        guard let uri = document?["uri"] as? String, let url = URL(string: uri), url.isFileURL
        else {
            return nil
        }
        return Workspace.absolute(url.path)
    }

    private func compiled(_ path: String) -> (compilation: Compilation, source: SourceText)? {
        guard let compilation = workspace.compile(path),
            let source = compilation.sources.texts.first(where: {
                Workspace.absolute($0.name) == path
            })
        else { return nil }
        return (compilation, source)
    }

    private func place(_ parameters: [String: Any]) -> Place? {
        guard let path = path(parameters), let position = EditorPosition(parameters["position"]),
            let (compilation, source) = compiled(path)
        else { return nil }
        return Place(
            compilation: compilation, source: source,
            context: CursorContext(source, position.offset(in: source)))
    }

    private func definition(_ place: Place) -> [String: Any]? {
        guard let symbol = Hover.symbol(place.compilation, place.context) else { return nil }
        let sources = place.compilation.sources
        let file = sources.text(at: symbol.span.start).name
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return ["uri": Self.uri(Workspace.absolute(file)), "range": sources.range(symbol.span)]
    }

    private func formatting(_ parameters: [String: Any]) -> [[String: Any]]? {
        guard let path = path(parameters), let text = workspace.open[path],
            let formatted = Formatter.format(SourceText(name: path, text)).text
        else { return nil }
        if formatted == text { return [] }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        return [
            [
                "range": [
                    "start": ["line": 0, "character": 0], "end": ["line": lines, "character": 0],
                ], "newText": formatted,
            ]
        ]
    }

    /// The fixes of the findings in a range.
    private func actions(_ parameters: [String: Any]) -> [[String: Any]] {
        guard let path = path(parameters), let (compilation, source) = compiled(path),
            let range = parameters["range"] as? [String: Any],
            let start = EditorPosition(range["start"]), let end = EditorPosition(range["end"])
        else { return [] }
        let wanted = Span(start.offset(in: source), end.offset(in: source))
        let found = compilation.diagnostics.filter {
            $0.span.start <= wanted.end && $0.span.end >= wanted.start
        }
        return found.flatMap(\.fixes).map { fix in
            let edit: [String: Any] = [
                "range": compilation.sources.range(fix.span), "newText": fix.replacement,
            ]
            return [
                "title": fix.title, "kind": "quickfix",
                "edit": ["changes": [Self.uri(path): [edit]]],
            ]
        }
    }

    // MARK: Notifications

    private mutating func notify(_ method: String, _ parameters: [String: Any]) {
        guard let path = path(parameters) else { return }
        let document = parameters["textDocument"] as? [String: Any]
        switch method {
        case "textDocument/didOpen":
            workspace.set(document?["text"] as? String ?? "", for: path)
            publish(path)
        case "textDocument/didChange":
            let changes = parameters["contentChanges"] as? [[String: Any]]
            guard let text = changes?.last?["text"] as? String else { return }
            workspace.set(text, for: path)
            publish(path)
        case "textDocument/didSave": publish(path)
        case "textDocument/didClose":
            workspace.set(nil, for: path)
            for file in published.removeValue(forKey: path) ?? [] { send(file, []) }
        default: break
        }
    }

    /// Sends the findings of the file's project, file by file.
    private mutating func publish(_ path: String) {
        guard let compilation = workspace.compile(path) else { return send(path, []) }
        var byFile: [String: [[String: Any]]] = [path: []]
        for item in compilation.diagnostics.inSourceOrder {
            let name = compilation.sources.text(at: item.span.start).name
            let file =
                FileManager.default.fileExists(atPath: name) ? Workspace.absolute(name) : path
            byFile[file, default: []].append(Self.json(item, compilation.sources))
        }
        for file in published[path] ?? [] where byFile[file] == nil { send(file, []) }
        published[path] = Set(byFile.keys)
        for file in byFile.keys.sorted() { send(file, byFile[file] ?? []) }
    }

    private func send(_ path: String, _ diagnostics: [[String: Any]]) {
        transport.write([
            "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics",
            "params": ["uri": Self.uri(path), "diagnostics": diagnostics] as [String: Any],
        ])
    }

    private static func json(_ item: Diagnostic, _ sources: SourceMap) -> [String: Any] {
        var message = item.message
        if let hint = item.hint { message += "\nhint: \(hint)" }
        if let note = item.note { message += "\nnote: \(note)" }
        return [
            "range": sources.range(item.span), "severity": item.severity == .error ? 1 : 2,
            "code": item.code, "source": "weir", "message": message,
        ]
    }

    private static func uri(_ path: String) -> String { URL(fileURLWithPath: path).absoluteString }
}
