import KubernetesModel

/// What is started for a container: a program, its arguments, and its variables.
struct ContainerCommand: Sendable, Hashable {
    var words: [String]
    var variables: [String: String]
    /// Where it starts.
    var directory: String

    /// What a container is run in.
    struct Surroundings: Sendable, Hashable {
        /// The pod.
        var fields: PodFields
        /// What it refers to.
        var objects: ReferencedObjects
        /// Variables that the container may change: of the machine, of the API server, and of the pod's address.
        var variables: [String: String]
        /// The program that stands for the image.
        var program: String
        /// Where volumes are.
        var paths: MountedPaths
        /// Where it starts when it does not say.
        var home: String
    }
}

extension ContainerCommand {
    /// Plans a start.
    ///
    /// Variables are those of the surroundings, then `envFrom`, then `env`, of which each may refer to those before it. The program of the image
    /// is taken for a command whose first word has its name; another command is a program of this machine.
    ///
    /// - Throws: ``ProcessRuntimeError`` with the code `container_config`.
    init(_ container: CoreV1.Container, in place: Surroundings) throws(ProcessRuntimeError) {
        var variables = place.variables
        for source in container.envFrom ?? [] {
            func add(_ content: [String: [UInt8]]?, _ edit: (String) -> String) {
                for (key, value) in content ?? [:] where !key.isEmpty && !key.contains("=") {
                    variables[(source.prefix ?? "") + key] = edit(String(decoding: value, as: UTF8.self))
                }
            }
            if let reference = source.secretRef {
                // A secret is no path; what looks like one in it is to stay.
                add(try place.objects.content(.secret, reference.name, optional: reference.optional)) { $0 }
            }
            if let reference = source.configMapRef {
                let content = try place.objects.content(.configMap, reference.name, optional: reference.optional)
                add(content, place.paths.translate)
            }
        }
        for variable in container.env ?? [] {
            guard let name = variable.name, !name.isEmpty else { continue }
            let known = variables
            if let source = variable.valueFrom {
                if let value = try Self.value(of: source, name, place) {
                    variables[name] = source.secretKeyRef == nil ? place.paths.translate(value) : value
                }
            } else {
                variables[name] = place.paths.translate(VariableExpansion.expand(variable.value ?? "") { known[$0] })
            }
        }
        let known = variables
        func expand(_ words: [String]) -> [String] { words.map { place.paths.translate(VariableExpansion.expand($0) { known[$0] }) } }
        var words = expand(container.command ?? [])
        let arguments = expand(container.args ?? [])
        if let first = words.first {
            if Self.name(first) == Self.name(place.program) { words[0] = place.program }
        } else {
            words = [place.program]
        }
        self.words = words + arguments
        self.variables = variables
        directory = container.workingDir.flatMap { place.paths.directory($0) } ?? place.home
    }

    private static func value(
        of source: CoreV1.EnvVarSource,
        _ name: String,
        _ place: Surroundings
    ) throws(ProcessRuntimeError) -> String? {
        if let reference = source.secretKeyRef { return try place.objects.text(.secret, reference) }
        if let reference = source.configMapKeyRef { return try place.objects.text(.configMap, reference) }
        if let path = source.fieldRef?.fieldPath, let value = place.fields.value(path) { return value }
        throw ProcessRuntimeError(.configuration, "the variable \(name) comes from something that processes are not told")
    }

    private static func name(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
}
