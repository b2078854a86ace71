import KubernetesModel
import Testing

@testable import ProcessRuntime

@Suite("What a container is started with")
struct EnvironmentTests {
    @Test(
        "References to variables",
        arguments: [
            ("$(A)", "1"), ("x$(A)y$(B)", "x1y2"), ("$(C)", "$(C)"), ("$$(A)", "$(A)"), ("$A", "$A"), ("$(A", "$(A"), ("100%$", "100%$"),
            ("$$$(A)", "$1"), ("", ""),
        ]
    )
    func references(text: String, expanded: String) {
        #expect(VariableExpansion.expand(text) { ["A": "1", "B": "2"][$0] } == expanded)
    }

    static func place(_ edit: (inout ContainerCommand.Surroundings) -> Void = { _ in }) -> ContainerCommand.Surroundings {
        var metadata = ObjectMeta(name: "web-1", namespace: "x", labels: ["app": "web"])
        metadata.uid = "u"
        var objects = ReferencedObjects()
        objects.secrets["keys"] = ["TOKEN": Array("s3cret".utf8), "EMPTY": []]
        objects.configMaps["settings"] = ["COLOUR": Array("blue".utf8), "HOST": Array("0.0.0.0".utf8)]
        var place = ContainerCommand.Surroundings(
            fields: PodFields(pod: CoreV1.Pod(metadata: metadata), address: "127.64.0.1"),
            objects: objects,
            variables: ["HOST": "127.64.0.1", "PATH": "/bin"],
            program: "/opt/build/opencrane",
            paths: MountedPaths(["/etc/keys": "/pods/u/volumes/keys", "/tmp": "/pods/u/volumes/tmp"]),
            home: "/pods/u/home"
        )
        edit(&place)
        return place
    }

    @Test("Variables: later ones count, and may refer to earlier ones")
    func variables() throws {
        let container = CoreV1.Container(
            name: "c",
            args: ["--at", "$(WHERE)"],
            env: [
                .init(name: "WHERE", value: "$(COLOUR)-$(NAME)"),
                .init(name: "NAME", valueFrom: .init(fieldRef: .init(fieldPath: "metadata.name"))),
                .init(name: "BOTH", value: "$(NAME)/$(P_TOKEN)"),
                .init(name: "KEY", valueFrom: .init(secretKeyRef: .init(name: "keys", key: "TOKEN"))),
                .init(name: "ABSENT", valueFrom: .init(secretKeyRef: .init(name: "no", key: "x", optional: true))),
                .init(name: "APP", valueFrom: .init(fieldRef: .init(fieldPath: "metadata.labels['app']"))),
                .init(name: "IP", valueFrom: .init(fieldRef: .init(fieldPath: "status.podIP"))),
            ],
            envFrom: [.init(configMapRef: .init(name: "settings")), .init(prefix: "P_", secretRef: .init(name: "keys"))]
        )
        let command = try ContainerCommand(container, in: Self.place())
        let variables = command.variables
        #expect(variables["WHERE"] == "blue-$(NAME)" && variables["BOTH"] == "web-1/s3cret")
        #expect(variables["KEY"] == "s3cret" && variables["ABSENT"] == nil && variables["P_EMPTY"] == "")
        #expect(variables["APP"] == "web" && variables["IP"] == "127.64.0.1" && variables["PATH"] == "/bin")
        // What the pod says goes before what the runtime gives.
        #expect(variables["HOST"] == "0.0.0.0")
        #expect(command.words == ["/opt/build/opencrane", "--at", "blue-$(NAME)"] && command.directory == "/pods/u/home")
    }

    @Test("What is missing keeps a container from starting, and is named")
    func missing() {
        func message(_ container: CoreV1.Container) -> String? {
            do throws(ProcessRuntimeError) {
                _ = try ContainerCommand(container, in: Self.place())
                return nil
            } catch {
                return error.message
            }
        }
        #expect(message(.init(envFrom: [.init(secretRef: .init(name: "no"))])) == "secret \"no\" not found")
        #expect(message(.init(envFrom: [.init(secretRef: .init(name: "no", optional: true))])) == nil)
        let key = CoreV1.EnvVar(name: "A", valueFrom: .init(configMapKeyRef: .init(name: "settings", key: "SIZE")))
        #expect(message(.init(env: [key])) == "couldn't find key SIZE in configmap \"settings\"")
        #expect(message(.init(env: [.init(name: "A", valueFrom: .init())]))?.contains("processes are not told") == true)
    }

    @Test("Paths of volumes are those of this machine; the image's own program is found by its name")
    func paths() throws {
        let container = CoreV1.Container(
            command: ["/usr/local/bin/opencrane", "operator"],
            args: ["--token-file=/etc/keys/TOKEN", "/etc/keysother", "/tmp"],
            workingDir: "/tmp/work",
            env: [.init(name: "FILES", value: "/etc/keys/a:/etc/keys/b")]
        )
        let command = try ContainerCommand(container, in: Self.place())
        var place = Self.place()
        place.objects.secrets["paths"] = ["P": Array("a:/etc/keys/x".utf8)]
        place.objects.configMaps["paths"] = ["M": Array("a:/etc/keys/x".utf8)]
        let told = try ContainerCommand(
            .init(envFrom: [.init(secretRef: .init(name: "paths")), .init(configMapRef: .init(name: "paths"))]),
            in: place
        )
        #expect(told.variables["P"] == "a:/etc/keys/x" && told.variables["M"] == "a:/pods/u/volumes/keys/x")
        #expect(command.words[...1] == ["/opt/build/opencrane", "operator"])
        #expect(command.words[2...] == ["--token-file=/pods/u/volumes/keys/TOKEN", "/etc/keysother", "/pods/u/volumes/tmp"])
        #expect(command.variables["FILES"] == "/pods/u/volumes/keys/a:/pods/u/volumes/keys/b")
        #expect(command.directory == "/pods/u/volumes/tmp/work")
        #expect(try ContainerCommand(.init(command: ["sh", "-c", "true"]), in: Self.place()).words == ["sh", "-c", "true"])
    }

    @Test("Volumes: all keys, chosen ones, tokens, and nothing outside of the volume")
    func volumes() throws {
        var objects = Self.place().objects
        let all = try VolumePlan(.init(name: "v", secret: .init(secretName: "keys")), objects)
        #expect(Set(all.files.keys) == ["TOKEN", "EMPTY"])
        let chosen = CoreV1.ConfigMapVolumeSource(name: "settings", items: [.init(key: "COLOUR", path: "deep/colour")])
        #expect(try VolumePlan(.init(name: "v", configMap: chosen), objects).files == ["deep/colour": Array("blue".utf8)])
        let token = CoreV1.VolumeProjection(serviceAccountToken: .init(audience: "a", expirationSeconds: 600, path: "t"))
        #expect(try VolumePlan(.init(name: "v", projected: .init(sources: [token])), objects).tokens.first?.seconds == 600)
        let escape = CoreV1.ConfigMapVolumeSource(name: "settings", items: [.init(key: "COLOUR", path: "../colour")])
        #expect(throws: ProcessRuntimeError.self) { try VolumePlan(.init(name: "v", configMap: escape), objects) }
        #expect(throws: ProcessRuntimeError.self) { try VolumePlan(.init(name: "v", csi: .init(driver: "x")), objects) }
        let volume = CoreV1.Volume(name: "v", persistentVolumeClaim: .init(claimName: "data"))
        #expect(throws: ProcessRuntimeError.self) { try VolumePlan(volume, objects) }
        objects.claims["data"] = "c"
        #expect(PodFiles(root: "/r", namespace: "x", name: "p", uid: "u").volume(try VolumePlan(volume, objects)) == "/r/claims/x_data_c")
    }

    @Test("Images: tags are told apart, others of a repository are absent, and those of nobody foreign")
    func images() throws {
        let map = try ImageMap(["registry.example.com:5000/crane:1=/a", "registry.example.com:5000/crane:2=/b=c", "plain=/d"])
        #expect(map.find("registry.example.com:5000/crane:1") == .program("/a"))
        #expect(map.find("registry.example.com:5000/crane:2@sha256:00") == .program("/b=c"))
        #expect(map.find("registry.example.com:5000/crane:3") == .absent)
        #expect(map.find("plain:latest") == .program("/d") && map.find("other") == .foreign)
        let any = try ImageMap(["crane:*=/any", "crane:1=/one"])
        #expect(any.find("crane:1") == .program("/one") && any.find("crane:2") == .program("/any") && any.find("cranes:1") == .foreign)
        func pod(_ images: String...) -> CoreV1.Pod {
            CoreV1.Pod(metadata: ObjectMeta(name: "p"), spec: .init(containers: images.map { .init(image: $0) }))
        }
        #expect(map.runs(pod("x", "plain:9")) && !map.runs(pod("x")))
        for wrong in ["plain", "plain=", "=x", "a:=x"] { #expect(throws: ProcessRuntimeError.self) { try ImageMap([wrong]) } }
        #expect(throws: ProcessRuntimeError.self) { try ImageMap(["a:1=/x", "a:1=/y"]) }
    }

    @Test("Each pod has an address of its own, the same for the same pod")
    func addresses() {
        let first = PodAddress.choose(uid: "one", taken: [])
        #expect(first == PodAddress.choose(uid: "one", taken: []) && first != PodAddress.choose(uid: "one", taken: [first]))
        var taken: Set<String> = []
        for number in 0..<2000 { taken.insert(PodAddress.choose(uid: "pod-\(number)", taken: taken)) }
        #expect(taken.count == 2000)
        for address in taken {
            let parts = address.split(separator: ".").compactMap { Int($0) }
            #expect(parts.count == 4 && parts[0] == 127 && (64..<128).contains(parts[1]) && (1..<255).contains(parts[3]))
        }
    }

    @Test("Forwardings: read strictly, to pods that are ready and stay")
    func forwards() throws {
        let forward = try ServiceForward(parsing: "crane/api:8080=0")
        #expect(forward == ServiceForward(namespace: "crane", service: "api", port: 8080, localPort: 0))
        for wrong in ["api:8080=1", "x/api=1", "x/api:http=1", "x/api:80", "x/api:80=70000", "/api:80=1"] {
            #expect(throws: ProcessRuntimeError.self) { try ServiceForward(parsing: wrong) }
        }
        let service = CoreV1.Service(
            metadata: ObjectMeta(name: "api", namespace: "crane"),
            spec: .init(selector: ["app": "a"], ports: [.init(port: 8080, targetPort: "http")])
        )
        func pod(_ name: String, ready: Bool = true, app: String = "a", ending: Bool = false) -> CoreV1.Pod {
            var pod = CoreV1.Pod(
                metadata: ObjectMeta(name: name, namespace: "crane", labels: ["app": app]),
                spec: .init(containers: [.init(ports: [.init(name: "http", containerPort: 80)])]),
                status: .init(conditions: [.init(type: "Ready", status: ready ? "True" : "False")], podIP: "127.64.0.9")
            )
            if ending { pod.metadata.deletionTimestamp = Timestamp(microseconds: 0) }
            return pod
        }
        let pods = [pod("a"), pod("b", ready: false), pod("c", app: "z"), pod("d", ending: true)]
        #expect(ServiceForward.targets(service, port: 8080, pods: pods).map(\.port) == [80])
        #expect(ServiceForward.targets(service, port: 81, pods: pods).isEmpty)
        #expect(ServiceForward.targets(nil, port: 8080, pods: pods).isEmpty)
    }
}
