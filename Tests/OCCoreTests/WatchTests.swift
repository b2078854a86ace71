import JSONValue
import OCCore
import Testing

/// What is shown while somebody looks on.
@Suite struct WatchTests {
    private var pending: JSON {
        var object = Answers.mia
        object["phase"] = "Pending"
        object["ingressHost"] = nil
        return object
    }

    @Test func watchingShowsTheListAndThenWhatChanges() async {
        let harness = Harness(answers: [
            "GET /api/v1/tenants": [
                .json(200, [pending, Answers.leo]), .json(200, [pending, Answers.leo]), .json(200, [Answers.mia, Answers.leo]), .none,
                .json(200, [Answers.mia]), .none,
            ]
        ])
        for words in [["get", "tenants", "--watch"], ["get", "tenants", "-w"], ["watch", "tenants"]] {
            let outcome = await harness.run(words)
            #expect(
                outcome.output == """
                    NAME   PHASE       EMAIL           TEAM     CLUSTER-TENANT   HOST        AGE
                    mia    Pending     mia@corp.test   ops      corp             <pending>   3h
                    leo    Suspended   leo@corp.test   <none>   <none>           <pending>   61d
                    mia    Running     mia@corp.test   ops      corp             mia.corp.test   3h
                    leo    Suspended   leo@corp.test   <none>   <none>           <pending>       61d   (gone)

                    """
            )
            #expect(outcome.errors.contains("still trying") && outcome.errors.contains("answers again"))
            // The server stays away: it is given up after thirty looks.
            #expect(outcome.exit == 6 && outcome.waits.allSatisfy { $0 == 2 })
        }
    }

    @Test func watchingOneObjectEndsWithARefusal() async {
        let harness = Harness(answers: [
            "GET /api/v1/tenants/mia": [
                .json(200, Answers.mia), .json(404, ["error": "no"]), .json(401, ["error": "no", "code": "UNAUTHORIZED"]),
            ]
        ])
        let outcome = await harness.run("get", "tenant", "mia", "-w", "-o", "name")
        #expect(outcome.output == "tenant/mia\ntenant/mia\n" && outcome.exit == 4)
    }

    // MARK: waiting

    private func status(_ phase: String, ready: Bool, _ steps: [JSON] = []) -> JSON {
        [
            "kind": "Tenant", "name": "mia", "phase": .string(phase), "ready": .bool(ready), "suspended": false, "steps": .array(steps),
            "message": ready ? .null : "The image cannot be fetched.",
            "conditions": [
                [
                    "type": "Ready", "status": .string(ready ? "True" : "False"), "reason": "ImagePullBackOff",
                    "message": "The image cannot be fetched.", "lastTransitionTime": "2025-12-31T23:58:00Z",
                ]
            ],
            "cause": ready ? .null : ["condition": "Ready", "reason": "ImagePullBackOff"],
            "retry": ["kind": "poll", "after": 10, "says": "The operator looks again after 10 seconds at the latest."],
            "advice": "Correct the image.",
        ]
    }

    @Test func waitingTellsEachChangeOnce() async {
        let harness = Harness(answers: [
            "GET /api/v1/tenants/mia/status": [
                .json(200, status("Provisioning", ready: false)), .json(200, status("Provisioning", ready: false)),
                .json(200, status("Running", ready: true)),
            ]
        ])
        let outcome = await harness.run("wait", "tenant", "mia")
        #expect(outcome.output == "tenant/mia is ready\n" && outcome.exit == 0 && outcome.waits == [1, 1])
        #expect(outcome.errors == "tenant/mia: Provisioning: The image cannot be fetched. (after 0 s)\n")
    }

    @Test func waitingShowsEachStepInPlaceOnATerminal() async {
        let first: JSON = [
            "name": "vm_create", "status": "running", "startedAt": "2025-12-31T23:59:50Z", "message": "the provider is at it",
        ]
        let done: JSON = [
            "name": "vm_create", "status": "succeeded", "startedAt": "2025-12-31T23:59:50Z", "finishedAt": "2026-01-01T00:00:00Z",
        ]
        let next: JSON = ["name": "gateway", "status": "pending"]
        var harness = Harness(answers: [
            "GET /api/v1/tenants/mia/status": [
                .json(200, status("Provisioning", ready: false, [first, next])),
                .json(200, status("Provisioning", ready: false, [done, next])),
                .json(200, status("Running", ready: true)),
            ]
        ])
        harness.isTerminal = true
        let outcome = await harness.run("wait", "tenant/mia", "--for=condition=Ready")
        #expect(outcome.output == "tenant/mia condition met\n")
        #expect(
            outcome.errors == """
                tenant/mia: Provisioning, 0 s: The image cannot be fetched.
                  ● vm_create   10s, the provider is at it
                  · gateway
                \u{1B}[3A\u{1B}[Jtenant/mia: Provisioning, 1 s: The image cannot be fetched.
                  ✓ vm_create   10s
                  · gateway
                \u{1B}[3A\u{1B}[J
                """
        )
    }

    @Test func timeIsUpWithTheReason() async {
        let harness = Harness(answers: ["GET /api/v1/tenants/mia/status": [.json(200, status("Provisioning", ready: false))]])
        let outcome = await harness.run("wait", "tenant", "mia", "--timeout", "3")
        #expect(outcome.exit == 1 && outcome.output == "" && outcome.waits == [1, 1, 1])
        #expect(outcome.errors.contains("tenant/mia did not get there within 3 s: it is Provisioning (TIMEOUT)"))
        #expect(outcome.errors.contains("Correct the image.") && outcome.errors.contains("oc doctor tenant/mia"))
        #expect(await harness.run("wait", "tenant", "nobody").exit == 6)
    }

    @Test func goneAndMembersCanBeWaitedFor() async {
        let harness = Harness(answers: [
            "GET /api/v1/tenants/mia/status": [
                .json(200, status("Terminating", ready: false)), .json(404, ["error": "no", "code": "TENANT_NOT_FOUND"]),
            ],
            "DELETE /api/v1/tenants/mia": [.json(200, ["name": "mia"])],
        ])
        #expect(await harness.run("delete", "tenant", "mia", "--wait").output == "tenant/mia deleted\ntenant/mia is gone\n")
        #expect(await harness.run("wait", "tenant", "mia", "--for", "phase=Terminating").output == "tenant/mia condition met\n")
        let absent = Harness(answers: ["GET /api/v1/tenants/mia/status": [.json(404, ["error": "no"])]])
        #expect(await absent.run("wait", "tenant", "mia").exit == 3)
        #expect(await absent.run("wait", "tenant", "mia", "--for=delete").exit == 0)
    }

    // MARK: explaining

    @Test func describingShowsMembersConditionsAndEvents() async {
        let event: JSON = [
            "time": "2025-12-31T23:59:30Z", "type": "Warning", "reason": "Failed", "message": "no such image", "count": 3,
            "object": ["kind": "Pod", "name": "mia-1"],
        ]
        let harness = Harness(answers: [
            "GET /api/v1/tenants/mia": [.json(200, Answers.mia)],
            "GET /api/v1/tenants/mia/status": [.json(200, status("Provisioning", ready: false))],
            "GET /api/v1/tenants/mia/events?limit=20": [.json(200, [event])],
        ])
        #expect(
            await harness.run("describe", "tenant", "mia").output == """
                Name:                mia
                Display Name:        Mia
                Phase:               Running
                Cluster Tenant Ref:  corp
                Created At:          2025-12-31T21:00:00.000Z
                Email:               mia@corp.test
                Ingress Host:        mia.corp.test
                Monthly Budget USD:  40
                Policy Ref:          base
                Suspended:           false
                Team:                ops
                Conditions:
                  TYPE    STATUS   REASON             SINCE   MESSAGE
                  Ready   False    ImagePullBackOff   2m      The image cannot be fetched.
                Next:  The operator looks again after 10 seconds at the latest.
                Do:    Correct the image.
                Events:
                  LAST-SEEN   TYPE      REASON   OBJECT      MESSAGE
                  30s         Warning   Failed   pod/mia-1   (3 times) no such image

                """
        )
    }

    @Test func theDoctorExplainsWhatIsNotReadyAndWhatToDo() async {
        let agent: JSON = ["id": "a1", "name": "Ada", "status": "error", "last_provision_error": "The gateway refused"]
        let harness = Harness(answers: [
            "GET /api/v1/tenants": [.json(200, [pending, Answers.leo])],
            "GET /api/v1/tenants/mia/status": [.json(200, status("Provisioning", ready: false))],
            "GET /api/v1/policies": [.json(200, [])], "GET /api/v1/cluster-tenants": [.json(200, [Answers.corp])],
            "GET /api/tenants": [.json(200, ["tenants": []])], "GET /api/v1/gateways": [.json(403, ["error": "no", "code": "FORBIDDEN"])],
            "GET /api/v1/agents": [.json(200, ["items": [agent]])], "GET /v1/instances": [.json(200, ["instances": []])],
            "GET /api/v1/metrics/projection-drift": [.json(200, ["tenant": ["driftCount": 0]])],
        ])
        let outcome = await harness.run("doctor")
        #expect(outcome.exit == 1)
        #expect(
            outcome.output == """
                tenant/mia  Provisioning
                  Stage:  Ready is False for 2m
                  Cause:  ImagePullBackOff: The image cannot be fetched.
                  Next:   The operator looks again after 10 seconds at the latest.
                  Do:     Correct the image.

                agent/a1  error
                  Cause:  The gateway refused
                  Next:   Nothing happens by itself any more.
                  Do:     Mend the cause, or delete it and order it anew: oc describe agent/a1.

                """
        )
        #expect(outcome.errors.contains("2 not as it should be (looked at 2 tenants, 0 policies, 1 cluster-tenants"))
        #expect(outcome.errors.contains("Not looked at: gateways: no (FORBIDDEN)"))
        let well = await Harness(answers: [
            "GET /api/v1/tenants/mia": [.json(200, Answers.mia)],
            "GET /api/v1/tenants/mia/status": [.json(200, status("Running", ready: true))],
        ]).run("doctor", "tenant", "mia")
        #expect(well.exit == 0 && well.output == "" && well.errors == "All is well (looked at 1 tenants)\n")
    }

    @Test func aDoctorThatSawNothingDoesNotSayThatAllIsWell() async {
        let away = RESTResponse.json(503, ["error": "The database cannot be reached", "code": "DATABASE_UNAVAILABLE"])
        let outcome = await Harness(answers: ["GET /api/v1/tenants": [away]]).run("doctor", "tenants")
        #expect(outcome.exit == 8 && !outcome.errors.contains("All is well"))
        #expect(outcome.errors.contains("Not looked at: tenants: The database cannot be reached (DATABASE_UNAVAILABLE)"))
        #expect(await Harness(answers: ["GET /api/v1/tenants": [away]]).run("doctor", "tenants", "-o", "json").output.contains("skipped"))
        #expect(
            await Harness(answers: ["GET /api/v1/tenants": [.json(401, ["error": "no", "code": "UNAUTHORIZED"])]]).run("doctor").exit == 4
        )
    }

    @Test func eventsAreATableAndComeAsTheyHappen() async {
        func event(_ reason: String, _ time: String) -> JSON {
            [
                "time": .string(time), "type": "Normal", "reason": .string(reason), "message": "done", "count": 1,
                "object": ["kind": "Tenant", "name": "mia"],
            ]
        }
        let first = event("Created", "2025-12-31T23:59:30Z")
        let second = event("Ready", "2025-12-31T23:59:59Z")
        let harness = Harness(answers: [
            "GET /api/v1/tenants/mia/events?limit=100": [.json(200, [first]), .json(200, [first, second]), .none],
            "GET /api/v1/agents/stream": [
                RESTResponse(status: 200, body: Array("event: agent\r\ndata: {\"agent\":{}}\r\n\r\n: ping\n\n".utf8))
            ],
        ])
        let outcome = await harness.run("events", "tenant", "mia", "--follow")
        #expect(
            outcome.output == """
                LAST-SEEN   TYPE     REASON    OBJECT       MESSAGE
                30s         Normal   Created   tenant/mia   done
                3s          Normal   Ready     tenant/mia   done

                """
        )
        #expect(await harness.run("events", "agents").output == "agent\t{\"agent\":{}}\n")
        #expect(await harness.run("events", "groups").errors.contains("Groups have no events"))
    }
}
