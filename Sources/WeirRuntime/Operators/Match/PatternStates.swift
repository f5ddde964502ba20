// The states of a row pattern.

import WeirPlanner

/// What may follow what in a pattern: states as Flink's CEP library makes them of patterns whose
/// rows follow each other strictly (`NFACompiler`), so that patterns with several readings give the
/// matches that Flink gives.
///
/// A state is left by taking the row, or by trying the row in the next state (`proceed`).
struct PatternStates {
    struct State {
        /// Whose condition the row has to meet.
        let variable: Int
        /// The state behind a row that was taken.
        var take: Int
        var proceed: Int?
        /// Greedy variables in front of it: a row that meets one of their conditions is not taken
        /// here, even if they have as many rows as they can take.
        var unless: [Int] = []
    }

    /// One way on from a state, as places in the list of variables that are tried there.
    struct Way {
        let fits: Int
        let unless: [Int]
        let variable: Int
        let take: Int
    }

    /// A match is complete.
    static let final = -1

    private(set) var states: [State] = []
    /// Where a match begins.
    private(set) var start = Self.final
    /// By state: the variables that a row is tried for there.
    private(set) var tried: [[Int]] = []
    /// By state: where a row leads from there, in order.
    private(set) var ways: [[Way]] = []
    /// By state: whether a match that has come so far is complete, while it may still go on.
    private(set) var isComplete: [Bool] = []

    init(_ pattern: LogicalMatch.Pattern) {
        for element in Self.elements(pattern).reversed() { start = add(element, before: start) }
        for state in states.indices { addWays(of: state) }
        isComplete = states.indices.map(canEnd)
    }

    /// A variable and how often it comes.
    private struct Element {
        let variable: Int
        let minimum: Int
        let maximum: Int?
        let isReluctant: Bool
    }

    private static func elements(_ pattern: LogicalMatch.Pattern) -> [Element] {
        switch pattern {
        case .variable(let index):
            [Element(variable: index, minimum: 1, maximum: 1, isReluctant: false)]
        case .sequence(let parts): parts.flatMap(elements)
        case .repeated(let inner, let minimum, let maximum, let isReluctant):
            elements(inner).map {
                Element(
                    variable: $0.variable, minimum: minimum, maximum: maximum,
                    isReluctant: isReluctant)
            }
        }
    }

    /// Adds the states of an element; returns the first of them.
    private mutating func add(_ element: Element, before sink: Int) -> Int {
        let isOptional = element.minimum == 0
        let isGreedy =
            !element.isReluctant && element.minimum != element.maximum
            && !(isOptional && element.maximum == 1)
        func state(_ take: Int, _ proceed: Int?) -> State {
            State(variable: element.variable, take: take, proceed: proceed)
        }
        if isGreedy, sink != Self.final { states[sink].unless.append(element.variable) }
        let least = max(1, element.minimum)
        var next = sink
        if let maximum = element.maximum {
            for _ in least..<max(least, maximum) { next = add(state(next, sink)) }
        } else {
            next = add(state(sink, sink))
            states[next].take = next
        }
        for _ in 1..<least { next = add(state(next, nil)) }
        return add(state(next, isOptional ? sink : nil))
    }

    private mutating func add(_ state: State) -> Int {
        states.append(state)
        return states.count - 1
    }

    private mutating func addWays(of state: Int) {
        var variables: [Int] = []
        func place(_ variable: Int) -> Int {
            if let known = variables.firstIndex(of: variable) { return known }
            variables.append(variable)
            return variables.count - 1
        }
        var own: [Way] = []
        var current = state
        while current != Self.final {
            let step = states[current]
            own.append(
                Way(
                    fits: place(step.variable), unless: step.unless.map(place),
                    variable: step.variable, take: step.take))
            current = step.proceed ?? Self.final
        }
        tried.append(variables)
        ways.append(own)
    }

    /// Whether the end can be reached without a row.
    private func canEnd(_ state: Int) -> Bool {
        var state = state
        while state != Self.final {
            guard let next = states[state].proceed else { return false }
            state = next
        }
        return true
    }
}
