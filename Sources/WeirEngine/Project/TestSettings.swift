// Where the tests of a project are (`test-runner` of a package file).

package struct TestSettings: Sendable {
    /// Files with requests; relative to the project's folder.
    package var testFolder = "tests"
    /// What they are to give; relative to the project's folder.
    package var snapshotFolder = "snapshots"
    /// Headers of all requests.
    package var headers: [(name: String, value: String)] = []
}
