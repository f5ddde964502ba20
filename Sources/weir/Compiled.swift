// A script that compiled, for a store.

import ArgumentParser
import WeirEngine
import WeirPlanner
import WeirSQL
import WeirStore

struct Compiled {
    let project: Project
    let compilation: Compilation
    let plan: StreamPlan
    /// The store that is meant, which need not be there.
    let storePath: String
    /// Definitions that are kept up to date from now on, as a run that begins afresh may choose; each
    /// with what was measured.
    let moved: [String: String]

    /// Finds, reads and compiles; prints diagnostics to standard error.
    ///
    /// - Parameters:
    ///   - store: by default that of the project. What it keeps up to date because of what was measured
    ///     is a stage of the plan.
    ///   - isFresh: whether the store is made anew, so that what was measured since may change the plan.
    /// - Throws: `ExitCode` 2 when the script is missing or has errors.
    init(_ arguments: ProjectArguments, store: String? = nil, isFresh: Bool = false) throws {
        try self.init(store: store, isFresh: isFresh) { try arguments.load() }
    }

    /// The same whatever has been measured.
    init(load: () throws -> Project) throws {
        try self.init(store: nil, isFresh: false, followsStore: false, load: load)
    }

    init(
        store: String?, isFresh: Bool, followsStore: Bool = true, load: () throws -> Project
    ) throws {
        var project: Project
        do {
            project = try load()
        } catch let error as ProjectError {
            throw Failure.usage(error.description)
        }
        storePath = store ?? project.defaultStorePath
        if followsStore {
            project.script.settings.measured = MeasuredStages.load(store: storePath)
        }
        var compilation = Engine.compile(project)
        moved = isFresh ? Self.moved(compilation, storePath) : [:]
        if isFresh {
            let names = Set(compilation.definitions.map(\.name))
            project.script.settings.measured = project.script.settings.measured
                .merging(moved) { $1 }.filter { names.contains($0.key) }
            if !moved.isEmpty { compilation = Engine.compile(project) }
        }
        if !compilation.diagnostics.isEmpty {
            let renderer = DiagnosticRenderer(
                sources: compilation.sources, coloured: Console.talkIsColoured)
            Console.talk(renderer.render(compilation.diagnostics))
        }
        guard let plan = compilation.plan else { throw ExitCode(2) }
        self.plan = plan
        self.project = project
        self.compilation = compilation
    }

    /// What has moved, a line each; true as soon as the store is made.
    var movedText: String {
        moved.sorted { $0.key < $1.key }.map { name, figures in
            "\(name) is kept up to date from now on: \(figures)\n"
        }.joined()
    }

    private static func moved(_ compilation: Compilation, _ store: String) -> [String: String] {
        guard let plan = compilation.plan else { return [:] }
        let timings = QueryTimings.current(
            QueryTimings.load(store: store), plan.queryDefinitions)
        return Advisor(plan: plan, sources: compilation.sources, timings: timings).moved
    }
}
