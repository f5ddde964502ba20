// `weir lsp` over pipes, as an editor talks to it.

import Foundation
import TestSupport
import Testing
import WeirLanguage

/// An editor with one server.
private final class Editor {
    private let toServer = Pipe()
    private let fromServer = Pipe()
    private var answers: Transport
    private var nextID = 1

    init() {
        answers = Transport(
            input: fromServer.fileHandleForReading, output: toServer.fileHandleForWriting)
        let transport = Transport(
            input: toServer.fileHandleForReading, output: fromServer.fileHandleForWriting)
        Thread.detachNewThread {
            var server = LanguageServer(transport: transport)
            _ = server.run()
        }
    }

    /// Sends a request and gives its result; what the server says in between is kept.
    func request(_ method: String, _ parameters: [String: Any]) -> Any? {
        let id = nextID
        nextID += 1
        answers.write(["jsonrpc": "2.0", "id": id, "method": method, "params": parameters])
        while let message = answers.read() {
            if message["id"] as? Int == id { return message["result"] ?? message["error"] }
            notifications.append(message)
        }
        return nil
    }

    private(set) var notifications: [[String: Any]] = []

    func notify(_ method: String, _ parameters: [String: Any]) {
        answers.write(["jsonrpc": "2.0", "method": method, "params": parameters])
    }

    /// Codes and lines of the findings shown last for a file.
    func findings(_ uri: String) -> [String] {
        _ = request("weir/none", [:])
        let last = notifications.last { message in
            let parameters = message["params"] as? [String: Any]
            return parameters?["uri"] as? String == uri
        }
        let parameters = last?["params"] as? [String: Any]
        let items = parameters?["diagnostics"] as? [[String: Any]] ?? []
        return items.map { item in
            let range = item["range"] as? [String: [String: Int]]
            return "\(item["code"] ?? "") \(range?["start"]?["line"] ?? -1):"
                + "\(range?["start"]?["character"] ?? -1)"
        }
    }
}

@Suite struct LanguageServerTests {
    private static let tables = """
        CREATE TABLE orders (id BIGINT NOT NULL, item STRING, price DOUBLE)
          WITH ('connector' = 'filesystem', 'path' = 'x.csv', 'format' = 'csv');

        """

    private func open(_ text: String) throws -> (Editor, TemporaryFolder, [String: Any]) {
        let folder = try TemporaryFolder()
        let path = try folder.write("s.sqrl", "-- on disk")
        let editor = Editor()
        _ = editor.request("initialize", [:])
        let uri = URL(fileURLWithPath: path).absoluteString
        editor.notify(
            "textDocument/didOpen", ["textDocument": ["uri": uri, "text": text]])
        return (editor, folder, ["uri": uri])
    }

    private func ask(
        _ editor: Editor, _ method: String, _ document: [String: Any], _ line: Int, _ character: Int
    ) -> Any? {
        editor.request(
            "textDocument/\(method)",
            ["textDocument": document, "position": ["line": line, "character": character]])
    }

    @Test func diagnosticsFollowTheText() throws {
        let (editor, folder, document) = try open(
            Self.tables + "A := SELECT 'é😀', itm FROM orders;")
        let uri = try #require(document["uri"] as? String)
        // The column counts UTF-16 units.
        #expect(editor.findings(uri) == ["unknown-column 2:19"])
        editor.notify(
            "textDocument/didChange",
            [
                "textDocument": document,
                "contentChanges": [["text": Self.tables + "A := SELECT item FROM orders;"]],
            ])
        #expect(editor.findings(uri).isEmpty)
        withExtendedLifetime(folder) {}
    }

    @Test func completionHoverAndDefinition() throws {
        let (editor, folder, document) = try open(
            Self.tables + "Cheap := SELECT o. FROM orders o;\nB := SELECT UPPER(item) FROM orders;")
        let columns = ask(editor, "completion", document, 2, 18) as? [[String: Any]]
        #expect(columns?.compactMap { $0["label"] as? String } == ["id", "item", "price"])
        let tables = ask(editor, "completion", document, 3, 30) as? [[String: Any]]
        #expect(tables?.contains { $0["label"] as? String == "orders" } == true)
        let hover = ask(editor, "hover", document, 3, 14) as? [String: Any]
        #expect("\(hover ?? [:])".contains("UPPER(text)"))
        let table = ask(editor, "hover", document, 3, 32) as? [String: Any]
        #expect("\(table ?? [:])".contains("price DOUBLE"))
        let place = ask(editor, "definition", document, 3, 32) as? [String: Any]
        let range = place?["range"] as? [String: [String: Int]]
        #expect(range?["start"] == ["line": 0, "character": 13])
        withExtendedLifetime(folder) {}
    }

    @Test func formattingAndFixes() throws {
        let (editor, folder, document) = try open(
            Self.tables + "A := select id from oders;")
        let edits =
            editor.request(
                "textDocument/formatting", ["textDocument": document]) as? [[String: Any]]
        #expect((edits?.first?["newText"] as? String)?.contains("SELECT id FROM oders;") == true)
        let range: [String: Any] = [
            "start": ["line": 2, "character": 20], "end": ["line": 2, "character": 21],
        ]
        let actions = editor.request(
            "textDocument/codeAction", ["textDocument": document, "range": range])
        #expect("\(actions ?? "")".contains("write orders"))
        withExtendedLifetime(folder) {}
    }

    @Test func importedFilesAndNonsense() throws {
        let folder = try TemporaryFolder()
        let main = try folder.write("main.sqrl", "IMPORT parts.one.*;\n")
        try folder.write("package.json", #"{"script": {"main": "main.sqrl"}}"#)
        let part = try folder.write("parts/one.sqrl", "")
        let editor = Editor()
        _ = editor.request("initialize", [:])
        let uri = URL(fileURLWithPath: part).absoluteString
        editor.notify(
            "textDocument/didOpen",
            ["textDocument": ["uri": uri, "text": "\nA := SELECT x FROM nothing;"]])
        #expect(editor.findings(uri) == ["unknown-table 1:19"])
        #expect("\(editor.request("weir/none", [:]) ?? "")".contains("there is no method"))
        #expect(editor.request("textDocument/hover", [:]) is NSNull)
        for number in [Int.max, -1] {
            let place = [
                "textDocument": ["uri": uri], "position": ["line": number, "character": number],
            ]
            #expect(editor.request("textDocument/hover", place) is NSNull)
        }
        editor.notify("textDocument/didChange", ["textDocument": 5])
        _ = editor.request("shutdown", [:])
        withExtendedLifetime((folder, main)) {}
    }
}
