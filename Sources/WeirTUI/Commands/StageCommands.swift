// What can be done with stages, sources and rejects.

import WeirEngine
import WeirPlanner
import WeirTerminal

enum FlowCommands {
    static let all: [Command] = [
        Command(
            "stage.open", [KeyPress(.enter)], "show or hide the details of the stage",
            on: [.flow], footer: "open"
        ) { model in
            model.isInspecting.toggle()
            return []
        },
        Command(
            "stage.tail", [character("t")], "tail the rows of the stage",
            on: [.flow, .sources, .metrics], footer: "tail"
        ) { model in
            let rows = model.flowRows
            let stage: Int? =
                switch model.screen {
                case .sources: model.selectedSource
                case .metrics:
                    rows.isEmpty ? nil : rows[min(model.metrics.selected, rows.count - 1)].stage
                default: model.selectedStage
                }
            if let stage { model.tailStage(stage) }
            return model.show(.tail)
        },
        Command(
            "flow.why", [character("w")], "show the evidence for the bottleneck", on: [.flow],
            footer: "why"
        ) { model in
            model.say(Bottleneck.evidence(model.history))
            return []
        },
    ]
}

enum SourceCommands {
    static let all: [Command] = [
        Command(
            "source.preview", [KeyPress(.enter), KeyPress(.tab)],
            "switch between the schema and the last rows", on: [.sources], footer: "preview"
        ) { model in
            model.sources.isPreview.toggle()
            return model.sources.isPreview ? model.previewEffects : []
        }
    ]
}

enum RejectCommands {
    static let all: [Command] = [
        Command(
            "reject.open", [KeyPress(.enter), KeyPress(.tab), KeyPress(.backTab)],
            "go between the causes and their rows", on: [.rejects], footer: "rows"
        ) { model in
            model.rejects.isInRows.toggle()
            return []
        },
        Command(
            "reject.refresh", [character("r"), KeyPress(.function(5))], "read the rejects anew",
            on: [.rejects], footer: "refresh"
        ) { _ in [.loadRejectGroups] },
    ]
}

extension Model {
    /// Points the tail at a stage; a check stands for its source.
    mutating func tailStage(_ stage: Int) {
        var target = stage
        if let check = history.stages.first(where: {
            $0.plan.input == stage && $0.plan.node.label == "chk"
        }) {
            target = check.plan.id
        }
        let filter = tail.filter
        tail = TailState()
        tail.stage = target
        tail.filter = filter
    }
}
