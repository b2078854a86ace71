import KubernetesModel

/// A pod that is run here.
struct PodEntry: Sendable {
    /// A file with a token, which is written again before it ends.
    struct Credential: Sendable, Hashable {
        var token: VolumePlan.Token
        /// Its path on this machine.
        var path: String
        /// When it is to be written again.
        var renewAt: Duration
    }

    var pod: CoreV1.Pod
    let files: PodFiles
    var run: PodRun
    /// By container, of those that were started.
    var processes: [String: ChildProcess] = [:]
    var commands: [String: ContainerCommand] = [:]
    /// Directories by volume, once all are there.
    var volumes: [String: String]?
    var hasAccount = false
    var credentials: [Credential] = []

    var uid: String { files.uid }

    /// When something is to be done, if nothing happens before.
    var wake: Duration? {
        let renewal = run.outcome == nil ? credentials.map(\.renewAt).min() : nil
        return [run.wake, renewal].compactMap { $0 }.min()
    }
}

/// What happened to a container while nobody looked.
enum PodEvent: Sendable {
    case exited(String, pid: Int32, ProcessEnd)
    case probed(String, pid: Int32, ProbeKind, Bool)
}

/// A probe that is to be tried.
struct ProbeOrder: Sendable {
    var key: ObjectKey
    var container: String
    var pid: Int32
    var kind: ProbeKind
    var job: ProbeRunner.Job
}
