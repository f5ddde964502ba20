// What is asked of rows and matches while partitions go on side by side.

import WeirColumnar

/// What due rows say by themselves for one variable.
struct OwnAnswers {
    let answers: [MatchConditions.Answer]?
    let errors: RowErrors

    init(answers: [MatchConditions.Answer]?, _ errors: RowErrors) {
        self.answers = answers
        self.errors = errors
    }

    subscript(_ row: Int) -> MatchConditions.Answer { answers?[row] ?? .yes }
}

/// Conditions to be computed, by variable, and where their answers go.
struct AskedConditions {
    var views: [[MatchView]]
    var places: [[Int]]

    init(variables: Int) {
        views = Array(repeating: [], count: variables)
        places = Array(repeating: [], count: variables)
    }

    mutating func add(_ variable: Int, _ view: MatchView, _ place: Int) {
        views[variable].append(view)
        places[variable].append(place)
    }
}
