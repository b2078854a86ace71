import FleetTemplates
import Foundation
import JSONValue
import NIOConcurrencyHelpers
import Testing

@testable import Machines

@Suite("Local machines: processes", .serialized)
struct LocalProcessTests {
    @Test("A machine runs its user data, then the gateway with the environment that was left for it, at its own port")
    func life() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider()
            let bootstrap = """
                import os, sys
                open(os.path.join(sys.argv[1], "gateway.env"), "w").write("OPENCLAW_GATEWAY_TOKEN=secret=1\\nODD\\n# not=this\\n")
                print("bootstrapped")
                """
            try await stage.running(provider) {
                let absent = try await provider.observe(Samples.target, operation: nil)
                #expect(absent == MachineObservation(state: .absent))
                let made = try await provider.ensure(stage.request([bootstrap]), operation: nil)
                #expect(made.state == .creating || made.state == .running)
                let seen = try await stage.reach(.running, provider)
                #expect(seen.id == MachineID("local://acme-01"))
                #expect(seen.addresses == [MachineAddress(.internalIP, "127.0.0.1")])
                #expect(seen.isProvisioned)
                #expect(seen.userDataHash == "hash-1")
                let port = try #require(seen.gatewayPort)
                try await eventually("it listens") { !LoopbackPort.isFree(port) }
                let environment = try JSON(parsing: stage.text("state/environment.json"))
                #expect(environment["OPENCLAW_GATEWAY_TOKEN"] == "secret=1")
                #expect(environment["HOME"] == .string("\(stage.root)/acme-01/state"))
                // Nothing of this process is inherited.
                let inherited = Set((environment.objectValue ?? [:]).keys).subtracting(["LC_CTYPE", "PWD", "OLDPWD", "SHLVL", "_"])
                #expect(inherited == ["PATH", "LANG", "HOME", "OPENCLAW_GATEWAY_TOKEN", "OPENCRANE_MACHINE_DIRECTORY"])
                try await eventually("its output is kept") { stage.text("gateway.log").contains("listening") }
                #expect(stage.text("bootstrap.log") == "bootstrapped\n")
                let rows = try await provider.machines()
                #expect(rows.map(\.state) == [.running] && rows.map(\.installation) == ["ours"])

                _ = try await provider.destroy(Samples.target, operation: nil)
                try await stage.reach(.absent, provider)
                #expect(!FileManager.default.fileExists(atPath: "\(stage.root)/acme-01"))
                try await eventually("the port is free again") { LoopbackPort.isFree(port) }
                let again = try await provider.destroy(Samples.target, operation: nil)
                #expect(again.state == .absent)
            }
        }
    }

    @Test("A gateway that is killed is noticed and started again, at the same port, and leaves no zombie")
    func killed() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider()
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(), operation: nil)
                let before = try await stage.reach(.running, provider)
                let first = try #require(try stage.record().running)
                kill(first.identity.pid, SIGKILL)
                try await eventually("another process runs") {
                    let seen = try await provider.observe(Samples.target, operation: nil)
                    let record = try stage.record()
                    return seen.state == .running && record.running.map { $0.identity != first.identity } == true
                }
                #expect(ProcessTable.line(of: first.identity.pid) == nil)
                let after = try await provider.observe(Samples.target, operation: nil)
                #expect(after.gatewayPort == before.gatewayPort)
                #expect(try stage.record().failures == 1)
            }
        }
    }

    @Test("What a gateway has started does not stay behind when it is killed, so the next one finds its port free")
    func leftBehind() async throws {
        let parent = """
            import os, socket, subprocess, sys, time
            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", int(sys.argv[2]))); s.listen()
            s.set_inheritable(True)
            child = subprocess.Popen(["/bin/sleep", "600"], close_fds=False)
            open(os.path.join(sys.argv[1], "child"), "w").write(str(child.pid))
            time.sleep(600)
            """
        try await LocalStage.set(gateway: parent) { stage in
            let provider = stage.provider()
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(), operation: nil)
                try await eventually("it has started another") { Int32(stage.text("state/child")) != nil }
                let child = try #require(Int32(stage.text("state/child")).flatMap(ProcessTable.identity))
                let first = try #require(try stage.record().running)
                kill(first.identity.pid, SIGKILL)
                try await eventually("the next one has its port, and another child") {
                    Int32(stage.text("state/child")).map { $0 != child.pid } == true
                }
                #expect(!ProcessTable.isAlive(child))
            }
        }
    }

    @Test("A gateway that cannot live is shown as what it is, and its trouble is stable")
    func crashing() async throws {
        try await LocalStage.set(gateway: "import sys; sys.exit(3)") { stage in
            let provider = stage.provider()
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(), operation: nil)
                try await eventually("it was tried again") { try stage.record().failures >= 4 }
                let seen = try await provider.observe(Samples.target, operation: nil)
                #expect(seen.state == .degraded)
                #expect(seen.trouble?.reason == "GatewayCrashed")
                #expect(seen.trouble?.isPermanent == false)
            }
        }
    }

    @Test("Switched off it ends, also when it does not listen; switched on it is there again with its state")
    func power() async throws {
        let deaf =
            "import signal, time, os\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\nwhile True: time.sleep(1)"
        try await LocalStage.set(gateway: deaf) { stage in
            let provider = stage.provider()
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(), operation: nil)
                try await stage.reach(.running, provider)
                try await eventually("it ignores SIGTERM by now") { stage.text("gateway.log") == "up\n" }
                let first = try #require(try stage.record().running)
                let stopping = try await provider.power(.off, of: Samples.target, operation: nil)
                #expect(stopping.state == .stopping)
                try await stage.reach(.stopped, provider)
                #expect(ProcessTable.line(of: first.identity.pid) == nil)
                #expect(try stage.record().running == nil)
                let off = try await provider.ensure(stage.request(power: .suspended), operation: nil)
                #expect(off.state == .stopped)
                #expect(off.isProvisioned)
                _ = try await provider.power(.on, of: Samples.target, operation: nil)
                try await stage.reach(.running, provider)
            }
        }
    }

    @Test("A bootstrap that gives up is the machine's failure, and the gateway is not started")
    func bootstrapFails() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider()
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(["import sys; print('no'); sys.exit(1)"]), operation: nil)
                let seen = try await stage.reach(.failed, provider)
                #expect(seen.trouble?.reason == "BootstrapFailed")
                #expect(seen.trouble?.isPermanent == true)
                #expect(!seen.isProvisioned)
                #expect(stage.text("gateway.log").isEmpty)
            }
        }
    }

    @Test("The exit code of a command is never lost to somebody who only looks: each runs once")
    func commandsRunOnce() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider { $0.interval = .seconds(3600) }
            let programs = (0..<12).map { "print(\($0), flush=True)" }
            _ = try await provider.ensure(stage.request(programs), operation: nil)
            // Nobody but these calls looks after the machine.
            try await eventually("it runs") {
                _ = try await provider.machines()
                return try await provider.observe(Samples.target, operation: nil).state == .running
            }
            let wanted: String = (0..<12).map { (number: Int) -> String in "\(number)\n" }.joined()
            #expect(stage.text("bootstrap.log") == wanted)
        }
    }

    @Test("A bootstrap whose process is killed is run again")
    func bootstrapKilled() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider()
            let once = """
                import os, signal, sys
                mark = os.path.join(sys.argv[1], "mark")
                if not os.path.exists(mark):
                    open(mark, "w").close()
                    os.kill(os.getpid(), signal.SIGKILL)
                """
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request([once]), operation: nil)
                try await stage.reach(.running, provider)
                #expect(FileManager.default.fileExists(atPath: "\(stage.root)/acme-01/state/mark"))
            }
        }
    }

    @Test("A stranger's machine is neither shown nor touched")
    func foreign() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider()
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(), operation: nil)
                try await stage.reach(.running, provider)
                let target = MachineTarget(name: "acme-01", owner: Samples.stranger)
                var request = stage.request()
                request.target = target
                let theirs = request
                let calls: [@Sendable () async throws -> MachineObservation] = [
                    { try await provider.observe(target, operation: nil) }, { try await provider.ensure(theirs, operation: nil) },
                    { try await provider.power(.off, of: target, operation: nil) }, { try await provider.destroy(target, operation: nil) },
                ]
                for call in calls {
                    let error = await #expect(throws: MachineError.self) { try await call() }
                    #expect(error?.code == .foreignMachine)
                }
                #expect(try await provider.observe(Samples.target, operation: nil).state == .running)
            }
        }
    }

    @Test("A machine whose directory was removed by hand can still be taken away, with its process")
    func directoryRemoved() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider()
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(), operation: nil)
                try await stage.reach(.running, provider)
                let running = try #require(try stage.record().running)
                try FileManager.default.removeItem(atPath: "\(stage.root)/acme-01")
                _ = try await provider.destroy(Samples.target, operation: nil)
                try await stage.reach(.absent, provider)
                #expect(!ProcessTable.isAlive(running.identity))
            }
        }
    }

    @Test("A log that grows is cut, and its end kept once")
    func logs() async throws {
        let talker = """
            import time
            while True:
                print("x" * 1000, flush=True); time.sleep(0.001)
            """
        try await LocalStage.set(gateway: talker) { stage in
            let provider = stage.provider { $0.largestLog = 50_000 }
            try await stage.running(provider) {
                _ = try await provider.ensure(stage.request(), operation: nil)
                try await eventually("the log was cut") { !stage.text("gateway.log.1").isEmpty }
                #expect(stage.text("gateway.log.1").utf8.count <= 25_000)
            }
        }
    }

    @Test("A gateway that is not installed is the machine's trouble, and nobody else's")
    func missingProgram() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider { $0.gateway = ["no-such-gateway"] }
            try await stage.running(provider) {
                let seen = try await provider.ensure(stage.request(), operation: nil)
                #expect(seen.state == .degraded)
                try await eventually("it is tried again") { try stage.record().failures >= 2 }
            }
        }
    }

    @Test("Bad user data and bad names are refused before anything is made")
    func refused() async throws {
        try await LocalStage.set { stage in
            let provider = stage.provider()
            var request = stage.request()
            request.userData = "#!/bin/sh\n"
            let error = await #expect(throws: MachineError.self) { try await provider.ensure(request, operation: nil) }
            #expect(error?.isPermanent == true)
            request = stage.request()
            request.target.name = "../x"
            await #expect(throws: MachineError.self) { try await provider.ensure(request, operation: nil) }
            #expect(stage.records.isEmpty)
            let off = try await provider.ensure(stage.request(power: .off), operation: nil)
            #expect(off.state == .absent)
        }
    }

    @Test("Twenty machines at once have twenty ports, and all of them run")
    func many() async throws {
        try await LocalStage.set(gateway: "import time\ntime.sleep(600)") { stage in
            let provider = stage.provider { $0.gateway = ["/bin/sleep", "600"] }
            try await stage.running(provider) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            var request = stage.request()
                            request.target.name = "m-\(number)"
                            _ = try await provider.ensure(request, operation: nil)
                        }
                    }
                    try await group.waitForAll()
                }
                try await eventually("all run") { try await provider.machines().filter { $0.state == .running }.count == 20 }
                #expect(Set(stage.records.map(\.port)).count == 20)
            }
        }
    }
}
