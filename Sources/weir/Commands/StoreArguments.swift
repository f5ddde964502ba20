// Which store a command reads.

import ArgumentParser
import WeirEngine
import WeirStore

struct StoreArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The store, or the project it belongs to; by default the only project here.",
            valueName: "FILE|PROJECT"))
    var store: String?

    /// - Throws: `ExitCode` 1 when there is no store, 2 when it is not clear which is meant.
    func open() throws -> StoreReader {
        do {
            return try StoreReader(path: try path())
        } catch let error as StoreError {
            throw Failure.work(error.description)
        } catch let error as ProjectError {
            throw Failure.usage(error.description)
        }
    }

    private func path() throws -> String {
        guard let store else { return try Project(path: ".").defaultStorePath }
        let isScript = store.hasSuffix(".sqrl") || store.hasSuffix(".sql")
        if isScript || Files.isFolder(store) { return try Project(path: store).defaultStorePath }
        return store
    }
}
