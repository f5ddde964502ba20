// Which stage holds the others up, and how we know.

import WeirEngine
import WeirPlanner
import WeirRuntime

enum Bottleneck {
    /// A stage is the bottleneck when it is the busiest and what feeds it is blocked.
    private static func find(_ history: History) -> (stage: Int, busy: Double, blocked: Double)? {
        var best: (stage: Int, busy: Double, blocked: Double)?
        for stage in history.stages {
            let rates = history.rates(stage.plan.id)
            let input = stage.plan.input.map { history.rates($0).blocked } ?? 0
            if rates.busy >= 0.5, rates.busy > best?.busy ?? 0 {
                best = (stage.plan.id, rates.busy, input)
            }
        }
        return best
    }

    /// One sentence for the status row.
    static func sentence(_ history: History) -> String {
        guard let found = find(history) else {
            let epoch = history.latest?.commit.epoch ?? 0
            return epoch > 0
                ? "no bottleneck: every stage has time to spare · commit \(epoch)"
                : "waiting for the first commit"
        }
        let name = history.stages[found.stage].plan.name
        var text = "bottleneck: \(name) (busy \(Format.percent(found.busy)))"
        if let input = history.stages[found.stage].plan.input, found.blocked >= 0.05 {
            let before = history.stages[input].plan.name
            text += " ◂ \(before) blocked \(Format.percent(found.blocked))"
        }
        return text + " · w shows evidence"
    }

    /// The numbers behind the sentence.
    static func evidence(_ history: History) -> String {
        let busiest = history.stages.map { ($0.plan.name, history.rates($0.plan.id)) }
            .sorted { $0.1.busy > $1.1.busy }.prefix(3)
            .map {
                "\($0.0) busy \(Format.percent($0.1.busy)) blocked \(Format.percent($0.1.blocked))"
            }
        return "last second: " + busiest.joined(separator: " · ")
    }
}
