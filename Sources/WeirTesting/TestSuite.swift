// The tests of a project: files of its test folder, and tables with the hint `test`.

import Foundation
package import WeirEngine
import WeirGraphQL
package import WeirPlanner

/// All tests of a project, in the order of their names.
package struct TestSuite: Sendable {
    package let tests: [PipelineTest]
    /// Whether none was left out.
    let isWhole: Bool

    /// Finds the tests of a project.
    ///
    /// - Parameter names: those that are wanted, or their beginnings with a `*`; none is all. Mutations are always there, because
    ///   the others see what they have written.
    /// - Throws: `TestProblem` when a file is no request, or two tests have the same name.
    package init(
        _ project: Project, _ plan: StreamPlan, names: [String] = []
    ) throws(TestProblem) {
        var found = try Self.files(project.directory + "/" + project.tests.testFolder)
        found += plan.tests.map { table in
            PipelineTest(
                name: table.name,
                kind: table.isEmpty ? .emptyTable : .table(isOrdered: table.isOrdered))
        }
        found.sort { $0.name < $1.name }
        for (test, next) in zip(found, found.dropFirst()) where test.name == next.name {
            throw TestProblem("two tests are called \(test.name); rename one of them")
        }
        for name in names where !found.contains(where: { Self.isMeant($0, by: name) }) {
            throw TestProblem(
                "there is no test \(name)"
                    + (found.isEmpty
                        ? "" : "; there are \(found.map(\.name).joined(separator: ", "))"))
        }
        isWhole = names.isEmpty
        tests = found.filter { test in
            if case .mutation = test.kind { return true }
            return names.isEmpty || names.contains { Self.isMeant(test, by: $0) }
        }
    }

    /// - Parameter name: a test's, or the beginning of some with a `*` behind it.
    private static func isMeant(_ test: PipelineTest, by name: String) -> Bool {
        name.hasSuffix("*") ? test.name.hasPrefix(name.dropLast()) : test.name == name
    }

    private static func files(_ folder: String) throws(TestProblem) -> [PipelineTest] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
            isFolder.boolValue
        else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw TestProblem("cannot list \(folder): \(error.localizedDescription)")
        }
        var tests: [PipelineTest] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            let base = (name as NSString).deletingPathExtension
            switch (name as NSString).pathExtension.lowercased() {
            case "graphql", "gql":
                tests.append(
                    PipelineTest(
                        name: base, kind: try kind(of: try text(path), path),
                        headers: try headers(of: "\(folder)/\(base)")))
            case "http", "rest":
                tests.append(
                    PipelineTest(
                        name: base,
                        kind: .requests(try HTTPMessage.messages(try text(path), file: path)),
                        headers: try headers(of: "\(folder)/\(base)")))
            default: continue
            }
        }
        return tests
    }

    /// What a document does; one that is broken is sent as a query, because its errors may be what
    /// is tested.
    private static func kind(of document: String, _ path: String) throws(TestProblem)
        -> PipelineTest.Kind
    {
        let parsed: GraphQLDocument
        do throws(GraphQLError) {
            parsed = try GraphQLDocument.request(Array(document.utf8))
        } catch { return .query(document) }
        guard parsed.operations.count == 1, let operation = parsed.operations.first else {
            throw TestProblem(
                "\(path) has \(parsed.operations.count) operations; a test has one")
        }
        return switch operation.kind {
        case .query: .query(document)
        case .mutation: .mutation(document)
        case .subscription: .subscription(document)
        }
    }

    private static func headers(
        of base: String
    ) throws(TestProblem) -> [(name: String, value: String)] {
        let path = base + ".properties"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return HeaderProperties.headers(try text(path))
    }

    private static func text(_ path: String) throws(TestProblem) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TestProblem("cannot read \(path)")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw TestProblem("\(path) is not UTF-8")
        }
        return text
    }
}
