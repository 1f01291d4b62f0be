// Generated from schemas/openapi.yaml by `npm run generate`. Do not edit.

export interface paths {
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I, and what may I do */
        get: operations["getSession"];
        put?: never;
        /** Exchange an API key for a session cookie */
        post: operations["createSession"];
        /** Sign out */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/detections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report a detection (plain JSON, CloudEvents structured or binary)
         * @description Answers 202 only once the incident's workflow is durably started or the detection is merged. The same eventId twice is one incident.
         */
        post: operations["createDetection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/crossings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report what a camera saw cross, with or without a receipt, one or a batch of up to 1000 */
        post: operations["createCrossings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sensors/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report what sensors say, one event or a batch of up to 200, taken whole or not at all */
        post: operations["createSensorEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sensors/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Birth, heartbeat or death of a sensor's connection, or of a gateway's for all of its sensors */
        post: operations["reportSensorStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sensors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sensors in your scope and how they stand; one that is not online is a gap */
        get: operations["listSensors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sensors/{sensorId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sensorId: string;
            };
            cookie?: never;
        };
        get?: never;
        /** Say what a sensor is and where */
        put: operations["registerSensor"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Report till lines, one or a batch of up to 1000 */
        post: operations["createPosEvents"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/poslog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Import ARTS POSLog 6 as it streams in; good lines are stored, bad ones set aside */
        post: operations["importPosLog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/day-files": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Import a day file (CSV by a declared mapping, or POSLog) as it streams in; no multipart */
        post: operations["importDayFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Day files, newest first, with how far each is */
        get: operations["listPosImports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/imports/{importId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One day file */
        get: operations["getPosImport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lines of day files that could not be taken, newest first; showing their text is audited */
        get: operations["listQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/mappings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How day files are read, by name */
        get: operations["listPosMappings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/mappings/{mappingId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Declare how a kind of day file is read, or change it for files to come */
        put: operations["putPosMapping"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/what-if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What the till would say of an item at this moment, and why; changes nothing */
        post: operations["explainMoment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/analyses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which days were looked through, newest first */
        get: operations["listTillAnalyses"];
        put?: never;
        /** Look through a recorded day at the tills of a store; again gives the same, with what came late */
        post: operations["analyseTillDay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the tills showed by themselves, newest first */
        get: operations["listPosExceptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/exceptions/{exceptionId}/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exceptionId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** It is nothing, and why; it stays on record and is not found anew */
        post: operations["dismissPosException"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/rules/{storeId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
            };
            cookie?: never;
        };
        /** The rules that hold for a store, and what it says otherwise than the defaults */
        get: operations["getTillRules"];
        /** Replace what the store says otherwise; an empty object returns to the defaults */
        put: operations["setTillRules"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/transactions/{storeId}/{terminalId}/{transactionId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                terminalId: string;
                transactionId: string;
            };
            cookie?: never;
        };
        /** One receipt whole, with its exceptions and the incidents of that moment */
        get: operations["getTillReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/operators/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Who is behind a pseudonym, as the till knows them; audited with the reason */
        post: operations["revealOperator"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pos/measures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What each day at the tills came to, of the days that were looked through */
        get: operations["getTillMeasures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queue, newest first */
        get: operations["listIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** One incident, whole */
        get: operations["getIncident"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** What happened, in order */
        get: operations["getTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/explanation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** Why the system did what it did, as codes with parameters */
        get: operations["getExplanation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** State, gaps and artifacts */
        get: operations["getEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/evidence/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Has every recording of this incident that failed tried again */
        post: operations["retryEvidence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/evidence/{artifactId}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                artifactId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Puts an intact copy of a file that is kept back in its place */
        post: operations["restoreArtifact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/evidence/{artifactId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                artifactId: string;
            };
            cookie?: never;
        };
        /** The bytes of one artifact, verified against its hash on this read; range requests work; the view is audited */
        get: operations["getArtifact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/custody": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** Chain of custody. Every acquisition, view, share and deletion of this incident's evidence */
        get: operations["getCustody"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/acknowledge": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say "I have it"; nobody else is texted until the policy's time for an acknowledged incident is over */
        post: operations["acknowledgeIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/verdict": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The human verdict */
        post: operations["decideIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take it for the policy's claim time; others see who has it. Again renews one's own */
        post: operations["claimIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a claimed incident back before its time; a lead may release somebody else's */
        post: operations["releaseIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/release-terminal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the self-checkout go that waits for an attendant; the incident goes on */
        post: operations["releaseTerminal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/outcome": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        /** What came of it, in goods and money */
        put: operations["describeOutcome"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/correct": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A closed incident was judged wrongly: the record is annotated, links die, and everybody who was told is told so */
        post: operations["correctIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/reopen": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a closed incident again for the console; nobody is paged */
        post: operations["reopenIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/review": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The second opinion that the policy asks for, from somebody who did not decide */
        post: operations["reviewIncident"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/appeals": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Somebody the incident was about objects */
        post: operations["openAppeal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/appeals/{appealId}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                appealId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Grant or refuse it, by somebody who did not give the verdict */
        post: operations["decideAppeal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/unmerge": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a merged detection out again, into an incident of its own */
        post: operations["unmergeDetection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/notes": {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pin a note to the timeline */
        post: operations["addNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/redactions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** Versions of the masked clips, camera by camera, who allowed an original to leave, and what may leave now */
        get: operations["listRedactions"];
        put?: never;
        /** Have the clip of one camera masked; one that is there or being made is not made twice */
        post: operations["requestRedaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/redactions/boxes": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the clip masked anew with boxes that a person drew; they replace the ones of the version before */
        post: operations["drawRedaction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/unredacted-release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        /** Answer by name for the unmasked clip leaving */
        put: operations["approveUnredacted"];
        post?: never;
        /** Take that word back */
        delete: operations["withdrawUnredacted"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** All legal holds of an incident, the standing ones first */
        get: operations["listHolds"];
        put?: never;
        /** Place a legal hold; nothing of this incident is deleted while any hold stands */
        post: operations["placeHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/holds/{holdId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                holdId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Release one legal hold; others go on standing */
        post: operations["releaseHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/steps": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** The steps of the incident's runbook, and who has approved what */
        get: operations["listSteps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/steps/{stepId}/{command}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                stepId: string;
                command: "approve" | "reject" | "done" | "override" | "release" | "retry";
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve, reject, report as done, override, release or retry a step
         * @description The same person asking again changes nothing. An override needs a reason, and the permission for it; the rest is for the roles that the step names.
         */
        post: operations["commandStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/reports": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** What was prepared for outside parties; nothing is sent by itself; audited */
        get: operations["openReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/packets": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** Evidence packets of an incident, newest version first */
        get: operations["listPackets"];
        put?: never;
        /**
         * Have a packet made of what is on record now; a further one is a new version
         * @description For somebody outside, only a closed incident that a person has confirmed is packed, and only the recording that may leave.
         */
        post: operations["requestPacket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packets/{packetId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        /** One packet, the words of its statement and to whom it went */
        get: operations["getPacket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packets/{packetId}/content": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        /** The zip; audited, and cut off before its end if the stored bytes are not those that were stored */
        get: operations["getPacketContent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packets/{packetId}/statement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put your name under the statement as it stands in this packet; the next version carries it signed */
        post: operations["signPacketStatement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packets/{packetId}/hand-overs": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a link for one recipient; for the police it takes somebody other than who asked for the packet */
        post: operations["handOverPacket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/packets/{packetId}/hand-overs/{handoverId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
                handoverId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a link back; what was fetched by then stays fetched */
        delete: operations["revokeHandover"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recipients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who outside can be given evidence, and whether they are there */
        get: operations["listRecipients"];
        put?: never;
        /** Name a police authority or an insurer; the answer shows the credential it knows us by, once */
        post: operations["createRecipient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/recipients/{recipientId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recipientId: components["parameters"]["RecipientId"];
            };
            cookie?: never;
        };
        /** One recipient */
        get: operations["getRecipient"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change what is named; shares that were agreed to before go as they were agreed to */
        patch: operations["updateRecipient"];
        trace?: never;
    };
    "/v1/recipients/{recipientId}/rotate-credential": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recipientId: components["parameters"]["RecipientId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new credential, which counts from the next sending on */
        post: operations["rotateRecipientCredential"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** How good the evidence is, 0 to 100, and what of */
        get: operations["getEvidenceQuality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/shares": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** What was asked to go to somebody outside, newest first */
        get: operations["listShares"];
        put?: never;
        /**
         * Ask for a ready packet to go to a recipient; nothing goes before enough different people have agreed
         * @description Refused with 422 and a code that says why when the masking rule, the template, a missing consent or the quality of the evidence forbids it.
         */
        post: operations["requestShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares/{shareId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        /** One share, who agreed, and where it stands */
        get: operations["getShare"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares/{shareId}/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Your yes or no; with enough different people agreed it is sent, one no ends it */
        post: operations["approveShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares/{shareId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Try now what waits or failed, be it the packet or the notice that follows it */
        post: operations["retryShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares/{shareId}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take it back; whoever has it, or may have it, gets a signed notice */
        post: operations["withdrawShare"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Drills, newest first, each with how ready the shop was */
        get: operations["listDrills"];
        put?: never;
        /**
         * Play an incident that nobody made, through the road of the real ones
         * @description Every message says DRILL, and nothing of it reaches an outside party, a lock or a credential.
         */
        post: operations["startDrill"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/cost": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** What each message about this incident cost */
        get: operations["getIncidentCost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/retention/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is deleted on which day, as things stand, and what is kept by something */
        get: operations["getRetentionCalendar"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/retention/incidents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The incidents behind one day of the calendar, or behind what keeps them */
        get: operations["listRetainedIncidents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/retention/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is kept how long, from the policies in force */
        get: operations["getRetentionSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/retention/schedule/print": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as one page to print */
        get: operations["printRetentionSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/deletions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Signed records of what was deleted, in the order in which it was */
        get: operations["listDeletions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether recordings can be secured, or the store is full */
        get: operations["getStorage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reconciliation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What comparing the store with the database found */
        get: operations["getReconciliation"];
        put?: never;
        /** Have the store and the database compared now */
        post: operations["orderReconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was used in a period, by store and in all */
        get: operations["getUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/usage/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a segment, a minute or a mail costs */
        get: operations["getPrices"];
        /** Replace the whole price list; keep older prices in it, since costs are computed when they are asked for */
        put: operations["replacePrices"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where other systems are told, and how that goes */
        get: operations["listWebhooks"];
        put?: never;
        /** Tell another system; the answer shows its secret, once */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        /** One webhook */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /** End it, with what still waits and the record of what was sent */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /** Change what is named; enabling forgets earlier failures and sends what still waits */
        patch: operations["updateWebhook"];
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new secret; the one before signs beside it for 24 hours */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/test": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send a ping; its delivery says how it went */
        post: operations["pingWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        /** What was sent and what waits, newest first */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
                deliveryId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send it again under the same id */
        post: operations["redeliverWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Server-sent events. `incident` events carry {incidentId, storeId, kind}; read the resource again on each */
        get: operations["stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The stores in your scope */
        get: operations["listStores"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cameras": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The cameras in your scope and their health */
        get: operations["listCameras"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores/{storeId}/cameras/{cameraId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                cameraId: string;
            };
            cookie?: never;
        };
        /** What was declared about a camera. Its neighbours and how its clock lies */
        get: operations["getCameraSetup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores/{storeId}/cameras/{cameraId}/neighbours": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                cameraId: string;
            };
            cookie?: never;
        };
        get?: never;
        /** Which other cameras see what this one sees, and are secured along with it; replaces what was said before */
        put: operations["setCameraNeighbours"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores/{storeId}/cameras/{cameraId}/clock": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                cameraId: string;
            };
            cookie?: never;
        };
        get?: never;
        /** How far a camera's pictures are dated ahead of true time, as somebody measured it; counts from now on */
        put: operations["setCameraClock"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cameras/{cameraId}/health": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cameraId: string;
            };
            cookie?: never;
        };
        get?: never;
        /** A camera's heartbeat */
        put: operations["reportCameraHealth"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who can be reached, and how; numbers and addresses are whole only for those who maintain the person */
        get: operations["listPeople"];
        put?: never;
        /** Add somebody who can be put on shift */
        post: operations["createPerson"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/people/{personId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                personId: components["schemas"]["PersonId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take somebody off the roster now: no further page, number and address forgotten, links closed */
        delete: operations["deactivatePerson"];
        options?: never;
        head?: never;
        /** Change what is named; null takes it away */
        patch: operations["updatePerson"];
        trace?: never;
    };
    "/v1/shifts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shifts that touch the range, by their start; with a store, all that cover it */
        get: operations["listShifts"];
        put?: never;
        /** Put somebody on shift at a store, in a region, or (naming neither) everywhere */
        post: operations["createShift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shifts/{shiftId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shiftId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take out a shift that has not begun */
        delete: operations["deleteShift"];
        options?: never;
        head?: never;
        /** Change a shift to come, or the end of a running one; it is then kept by hand */
        patch: operations["updateShift"];
        trace?: never;
    };
    "/v1/shifts/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring the shifts of one source to what its file says: all of it, or nothing with an error for each line */
        post: operations["importShifts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shifts/gaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When nobody of a role is on shift at a store */
        get: operations["listGaps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/holidays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Days on which recurring shifts do not happen */
        get: operations["listHolidays"];
        /** Declare a holiday of a store or (naming none) of all; takes out the recurring shifts that start on it */
        put: operations["putHoliday"];
        post?: never;
        /** Take a holiday back; shifts return with the next import of their file */
        delete: operations["deleteHoliday"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit log, newest first; each filter narrows it. Reading it is a row of it, once a minute */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/rows/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                seq: number;
            };
            cookie?: never;
        };
        /** One row with the row before and the row after it, which its hash ties together */
        get: operations["getAuditRow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole log as lines of JSON with its signed end, for `floorwalker verify-audit`; audited */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Recompute the hash chain and name the first row that does not hold */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every policy with its active version and its draft */
        get: operations["listPolicies"];
        put?: never;
        /** The first draft of a new policy; its document says the id */
        post: operations["createPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shape of a policy document, as JSON Schema 2020-12 */
        get: operations["getPolicySchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Everything that is wrong with a document, by line; stores nothing */
        post: operations["validatePolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        /** One policy: what is active, what is drafted, and every version */
        get: operations["getPolicy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        get?: never;
        /** Write the one draft; an invalid document is refused with its lines */
        put: operations["savePolicyDraft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
                version: number;
            };
            cookie?: never;
        };
        /** One version with its document */
        get: operations["getPolicyVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}/submit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hand the draft over for review */
        post: operations["submitPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}/activate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Put the reviewed version into force; never by whoever wrote it */
        post: operations["activatePolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a draft or what waits for its review back for good */
        post: operations["withdrawPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a new draft of an old version */
        post: operations["rollbackPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{policyId}/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replay past incidents under a draft and say what would have been different; changes nothing */
        post: operations["simulatePolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores/{storeId}/policy": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
            };
            cookie?: never;
        };
        /** Which policy the next incident of a store starts with, and why */
        get: operations["getStorePolicy"];
        /** Choose the policy of a store, by itself or through its risk group */
        put: operations["assignStorePolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/risk-groups/{riskGroupId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                riskGroupId: string;
            };
            cookie?: never;
        };
        /** A risk group and its stores */
        get: operations["getRiskGroup"];
        /** Make or change a risk group */
        put: operations["setRiskGroup"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/history": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        /** What the workflow engine did for the incident, told as a story; the look is audited */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/history/{run}/raw": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                run: components["parameters"]["Run"];
            };
            cookie?: never;
        };
        /** The history of one run as the workflow engine gave it; its payloads may be encrypted */
        get: operations["getRawHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/incidents/{incidentId}/history/{run}/decoded": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                run: components["parameters"]["Run"];
            };
            cookie?: never;
        };
        /** The history of one run with its payloads read */
        get: operations["getDecodedHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What people who were recorded have asked for, what is due first */
        get: operations["listSubjectRequests"];
        put?: never;
        /** Put a person's request on record; the month to answer runs from when it was received */
        post: operations["recordSubjectRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        /** One request with the recordings that may show the person */
        get: operations["getSubjectRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/identity": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        get?: never;
        /** Note whether whoever asks is the person, and how that was seen; never what was shown */
        put: operations["checkIdentity"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/extension": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take two more months, once, with a reason that the person is told */
        post: operations["extendSubjectRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/incidents/{incidentId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        /** Note that somebody looked at a recording and did or did not see the person */
        put: operations["markSubjectIncident"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decide and carry it out; writes the letter */
        post: operations["decideSubjectRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The person does not want it any more */
        post: operations["withdrawSubjectRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/restrictions/{incidentId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Let what was restricted be used again */
        delete: operations["liftRestriction"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/letter": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        /** The answer as a PDF */
        get: operations["getLetter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/subject-requests/{requestId}/export": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        /** The copy for the person, as a zip; everybody else in it is masked */
        get: operations["exportSubjectData"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which words were to be read in which store, from when to when */
        get: operations["listNotices"];
        put?: never;
        /** Put on record which words are up from when on; those of the same kind and language end then */
        post: operations["recordNotice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/notices/{noticeId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                noticeId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** It is no longer up */
        delete: operations["endNotice"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What colleagues agreed to */
        get: operations["listConsents"];
        put?: never;
        /** Put on record that a colleague agreed, and to which words */
        post: operations["recordConsent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/consents/{consentId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                consentId: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdrawn, as easily as it was given */
        delete: operations["withdrawConsent"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/opt-outs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Behaviours and uses that are switched off in a store, as the law of its place asks */
        get: operations["listOptOuts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/stores/{storeId}/opt-outs/{what}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                what: string;
            };
            cookie?: never;
        };
        get?: never;
        /** Switch a behaviour or a use off in this store */
        put: operations["setOptOut"];
        post?: never;
        /** Let it be used again */
        delete: operations["removeOptOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/data-flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every way that data take, on which ground, and how long they are kept */
        get: operations["getDataFlows"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Problem: {
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "VALIDATION" | "UNAUTHENTICATED" | "FORBIDDEN" | "NOT_FOUND" | "CONFLICT" | "PRECONDITION_FAILED" | "LIMIT_EXCEEDED" | "DEPENDENCY_TEMPORARY" | "DEPENDENCY_PERMANENT" | "INTERNAL";
            detail?: string;
            requestId: string;
            errors?: {
                field: string;
                message: string;
            }[];
        };
        /** @enum {string} */
        Role: "store_staff" | "store_manager" | "regional" | "soc_operator" | "soc_lead" | "compliance" | "admin" | "device";
        Session: {
            actorId: string;
            displayName: string;
            role: components["schemas"]["Role"];
            tenantId: string;
            /** @description null means every store of the tenant */
            storeIds: string[] | null;
            permissions: string[];
            /** @enum {string} */
            mode?: "development" | "production";
        };
        Step: {
            id: string;
            runbookId: string;
            /** @enum {string} */
            action: "terminal_prompt" | "signage" | "intercom" | "task" | "door_lock" | "credential_disable" | "police_report";
            /** @enum {string} */
            mode: "automatic" | "human" | "two_person";
            /** @description A confirmed incident stays open until it is settled */
            mandatory: boolean;
            /** @enum {string} */
            state: "waiting_for_approval" | "open" | "ready" | "running" | "acknowledged" | "failed" | "released" | "done" | "rejected" | "not_needed" | "overridden";
            /**
             * @description Whether what was ordered last is the action or what takes it back
             * @enum {string}
             */
            command: "run" | "release";
            attempt: number;
            target: string | null;
            message: string | null;
            approvers: components["schemas"]["Role"][];
            approvalsNeeded: number;
            /** @description Those that still count */
            approvals: {
                by: string;
                role: string;
                /** Format: date-time */
                at: string;
                /** Format: date-time */
                expiresAt: string;
            }[];
            reason: components["schemas"]["Reason"] | null;
            /** @description A person's words; they go with the incident */
            note: string | null;
            /** Format: date-time */
            changedAt: string;
            changedBy: string;
        };
        StepList: {
            steps: components["schemas"]["Step"][];
        };
        ReportList: {
            reports: {
                id: string;
                /** @enum {string} */
                party: "police";
                /** @enum {string} */
                state: "prepared" | "handed_over" | "withdrawn";
                /** Format: date-time */
                preparedAt: string;
                /** Format: date-time */
                handedOverAt: string | null;
                /** @description Names no person and holds no picture */
                body: {
                    [key: string]: unknown;
                };
            }[];
        };
        Packet: {
            id: string;
            incidentId: string;
            version: number;
            /** @enum {string} */
            purpose: "police" | "insurer" | "internal";
            /** @enum {string} */
            state: "requested" | "ready" | "failed" | "purged";
            requestedBy: string;
            /** Format: date-time */
            requestedAt: string;
            /** Format: date-time */
            settledAt: string | null;
            /** @description Why it could not be built */
            failure: components["schemas"]["Reason"] | null;
            sizeBytes: number | null;
            sha256: string | null;
            /** @description What differs from the version before */
            changes: {
                added: string[];
                removed: string[];
                altered: string[];
            } | null;
            statementSignedBy: string | null;
            /** @description Cameras whose video is not in it, and why */
            leftOut: {
                cameraId: string;
                because: components["schemas"]["Reason"];
            }[];
            /** @description It carries a token of RFC 3161 */
            timestamped: boolean;
        };
        PacketList: {
            packets: components["schemas"]["Packet"][];
        };
        PacketDetail: components["schemas"]["Packet"] & {
            statement: string[];
            handovers: components["schemas"]["Handover"][];
        };
        Handover: {
            id: string;
            organisation: string;
            reference: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: date-time */
            revokedAt: string | null;
            /** Format: date-time */
            openedAt: string | null;
            downloads: number;
            receipt: {
                receivedBy: string;
                /** Format: date-time */
                at: string;
                sha256: string;
            } | null;
        };
        NewHandover: components["schemas"]["Handover"] & {
            /** @description Told once */
            url: string;
        };
        ShareTemplate: {
            /** @enum {string} */
            packet: "whole" | "none";
            /** @enum {string} */
            recording: "masked" | "as_released";
            fields: ("place" | "goods" | "till" | "tape" | "recording" | "clocks" | "decision")[];
            /** @enum {string} */
            language: "en" | "de" | "es" | "fr";
            consentRequired: boolean;
            signedStatement: boolean;
            minQuality: number;
        };
        ShareTemplateChange: {
            /** @enum {string} */
            packet?: "whole" | "none";
            /** @enum {string} */
            recording?: "masked" | "as_released";
            fields?: ("place" | "goods" | "till" | "tape" | "recording" | "clocks" | "decision")[];
            /** @enum {string} */
            language?: "en" | "de" | "es" | "fr";
            consentRequired?: boolean;
            signedStatement?: boolean;
            minQuality?: number;
        };
        /** @description Whether the recipient is spoken to; after failures in a row nobody is until one has tried */
        Circuit: {
            /** @enum {string} */
            state: "closed" | "open" | "half_open";
            failures: number;
            opens: number;
            /** Format: date-time */
            changedAt: string | null;
            /** Format: date-time */
            retryAt: string | null;
        };
        Recipient: {
            id: string;
            /** @enum {string} */
            kind: "police" | "insurer";
            name: string;
            url: string;
            template: components["schemas"]["ShareTemplate"];
            throttlePerMinute: number;
            /** @description How many different people have to agree */
            approvalsRequired: number;
            enabled: boolean;
            circuit: components["schemas"]["Circuit"];
            /** Format: date-time */
            createdAt: string;
        };
        RecipientWithCredential: {
            id: string;
            /** @enum {string} */
            kind: "police" | "insurer";
            name: string;
            url: string;
            template: components["schemas"]["ShareTemplate"];
            throttlePerMinute: number;
            /** @description How many different people have to agree */
            approvalsRequired: number;
            enabled: boolean;
            circuit: components["schemas"]["Circuit"];
            /** Format: date-time */
            createdAt: string;
            /** @description Shown now and never again */
            credential: string;
        };
        RecipientList: {
            items: components["schemas"]["Recipient"][];
        };
        EvidenceQuality: {
            score: number;
            parts: {
                /** @enum {string} */
                code: "CLIP" | "GAPS" | "RESOLUTION" | "FRAME_RATE" | "KEY_FRAMES" | "CLOCK" | "TILL" | "HASHES" | "CUSTODY" | "SECOND_REVIEW";
                points: number;
                of: number;
                params: {
                    [key: string]: string | number | boolean | null;
                };
            }[];
        };
        ShareConsent: {
            /** @enum {string} */
            basis: "contract" | "written_consent" | "legal_obligation";
            /** @description The number of the paper; never what is on it */
            reference: string;
        };
        ShareNotice: {
            id: string;
            /** @enum {string} */
            event: "corrected" | "withdrawn";
            because: string;
            /** @enum {string} */
            state: "queued" | "delivered" | "published" | "moot" | "failed";
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            settledAt: string | null;
            receipt: string | null;
            trouble: components["schemas"]["Reason"] | null;
        };
        Share: {
            id: string;
            incidentId: string;
            packetId: string;
            recipient: {
                id: string;
                /** @enum {string} */
                kind: "police" | "insurer";
                name: string;
            };
            /** @enum {string} */
            state: "requested" | "refused" | "queued" | "sending" | "delivered" | "failed" | "withdrawn";
            template: components["schemas"]["ShareTemplate"];
            quality: components["schemas"]["EvidenceQuality"];
            consent: components["schemas"]["ShareConsent"] | null;
            requestedBy: string;
            /** Format: date-time */
            requestedAt: string;
            approvalsRequired: number;
            approvals: {
                by: string;
                role: string;
                /** @enum {string} */
                decision: "approved" | "refused";
                /** Format: date-time */
                at: string;
                mine: boolean;
            }[];
            attempts: number;
            /** @description What it waits for */
            waiting: components["schemas"]["Reason"] | null;
            /** Format: date-time */
            nextAttemptAt: string | null;
            failure: components["schemas"]["Reason"] | null;
            /** Format: date-time */
            deliveredAt: string | null;
            /** @description How the recipient calls it */
            remoteId: string | null;
            receipt: string | null;
            withdrawal: {
                by: string;
                /** Format: date-time */
                at: string;
                because: string;
            } | null;
            notice: components["schemas"]["ShareNotice"] | null;
        };
        ShareList: {
            shares: components["schemas"]["Share"][];
        };
        DrillReceipt: {
            drillId: string;
            incidentId: string;
            /** @enum {string} */
            disposition: "started" | "merged" | "duplicate";
        };
        DrillList: {
            drills: components["schemas"]["Drill"][];
        };
        Drill: {
            id: string;
            incidentId: string;
            storeId: string;
            cameraId: string;
            zoneId: string | null;
            type: string;
            note: string | null;
            startedBy: string;
            /** Format: date-time */
            startedAt: string;
            /** @description null when it was put on record and could not be played */
            incident: {
                state: string;
                verdict: string | null;
                /** Format: date-time */
                closedAt: string | null;
            } | null;
            answeredByRole: string | null;
            stepsDone: number;
            stepsPlanned: number;
            readiness: {
                score: number;
                detectionToPhoneSeconds: number | null;
                replySeconds: number | null;
                evidenceComplete: boolean;
                parts: {
                    /** @enum {string} */
                    part: "phone" | "reply" | "evidence" | "steps";
                    points: number;
                    of: number;
                }[];
            } | null;
        };
        CloudEvent: {
            /** @constant */
            specversion: "1.0";
            id: string;
            source: string;
            /** @description io.floorwalker.detection.v1 */
            type: string;
            /** Format: date-time */
            time?: string;
            datacontenttype?: string;
            data: components["schemas"]["detection.schema"];
        };
        DetectionReceipt: {
            eventId: string;
            incidentId: string;
            /** @enum {string} */
            disposition: "started" | "merged" | "duplicate";
            mergeReason?: components["schemas"]["Reason"];
            late: boolean;
        };
        Pseudonym: string;
        /** @enum {string} */
        FindingRuleId: "void_after_tender" | "post_void" | "cancelled_after_total" | "refund_without_receipt" | "refund_without_customer" | "no_sale_burst" | "price_override" | "discount_rate" | "line_void_rate" | "suspend_not_resumed" | "under_ringing" | "sweethearting" | "anomaly";
        TillAnalysis: {
            storeId: string;
            day: components["schemas"]["LocalDate"];
            run: number;
            /** @enum {string} */
            state: "running" | "done" | "failed";
            rulesVersion: number;
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            finishedAt: string | null;
            counts: {
                terminals?: number;
                transactions?: number;
                lines?: number;
                findings?: number;
                withdrawn?: number;
            };
            /** @description The code of what went wrong */
            failure: string | null;
        };
        TillAnalysisList: {
            items: components["schemas"]["TillAnalysis"][];
        };
        PosException: {
            id: string;
            ruleId: components["schemas"]["FindingRuleId"];
            storeId: string;
            day: components["schemas"]["LocalDate"];
            terminalId: string;
            /** @description A pseudonym */
            operator: string | null;
            /** @description Null: about a whole day of somebody */
            transactionId: string | null;
            /** Format: date-time */
            at: string;
            amountMinor: number;
            score: number;
            params: {
                [key: string]: string | number | null;
            };
            reasons: components["schemas"]["Reason"][];
            /** @description Transaction and line */
            lines: string[];
            shadow: boolean;
            incidentId: string | null;
            /** Format: date-time */
            firstFoundAt: string;
            /** Format: date-time */
            withdrawnAt: string | null;
            /** Format: date-time */
            dismissedAt: string | null;
            dismissedBy: string | null;
            dismissedReason: string | null;
        };
        PosExceptionPage: {
            items: components["schemas"]["PosException"][];
            nextCursor: string | null;
        };
        TillRule: {
            enabled: boolean;
            /** @description Fewer on one day are never worth a word */
            minCount: number;
            /** @description How far from what is usual, in robust standard deviations */
            zThreshold?: number;
            /** @description Less money than this is not looked at */
            amountMinor?: number;
            /** @description The stretch that the rule looks at */
            windowMs?: number;
        };
        TillRuleChange: {
            enabled?: boolean;
            minCount?: number;
            zThreshold?: number;
            amountMinor?: number;
            windowMs?: number;
        };
        /** @description Only what differs from the defaults */
        TillRulesChange: {
            void_after_tender?: components["schemas"]["TillRuleChange"];
            post_void?: components["schemas"]["TillRuleChange"];
            cancelled_after_total?: components["schemas"]["TillRuleChange"];
            refund_without_receipt?: components["schemas"]["TillRuleChange"];
            refund_without_customer?: components["schemas"]["TillRuleChange"];
            no_sale_burst?: components["schemas"]["TillRuleChange"];
            price_override?: components["schemas"]["TillRuleChange"];
            discount_rate?: components["schemas"]["TillRuleChange"];
            line_void_rate?: components["schemas"]["TillRuleChange"];
            suspend_not_resumed?: components["schemas"]["TillRuleChange"];
            under_ringing?: components["schemas"]["TillRuleChange"];
            sweethearting?: components["schemas"]["TillRuleChange"];
        };
        TillRuleSettings: {
            storeId: string;
            /** @description 0: nothing but the defaults */
            version: number;
            changed: components["schemas"]["TillRulesChange"];
            rules: {
                void_after_tender: components["schemas"]["TillRule"];
                post_void: components["schemas"]["TillRule"];
                cancelled_after_total: components["schemas"]["TillRule"];
                refund_without_receipt: components["schemas"]["TillRule"];
                refund_without_customer: components["schemas"]["TillRule"];
                no_sale_burst: components["schemas"]["TillRule"];
                price_override: components["schemas"]["TillRule"];
                discount_rate: components["schemas"]["TillRule"];
                line_void_rate: components["schemas"]["TillRule"];
                suspend_not_resumed: components["schemas"]["TillRule"];
                under_ringing: components["schemas"]["TillRule"];
                sweethearting: components["schemas"]["TillRule"];
            };
            createdBy: string | null;
            /** Format: date-time */
            createdAt: string | null;
        };
        BasketMoment: {
            line: number;
            /** Format: date-time */
            at: string;
        };
        BasketPriceChange: {
            line: number;
            /** Format: date-time */
            at: string;
            itemLine: number | null;
            plu: string | null;
            amountMinor: number;
            share: number | null;
        };
        /** @description What the lines come to */
        TillBasket: {
            /** @description A pseudonym */
            operator: string | null;
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            endedAt: string;
            /** @enum {string} */
            state: "open" | "paid" | "voided" | "suspended" | "post_voided";
            training: boolean;
            items: {
                line: number;
                /** Format: date-time */
                at: string;
                plu: string | null;
                description: string | null;
                unit: string;
                quantity: number;
                pieces: number;
                rungMinor: number;
                amountMinor: number;
            }[];
            voids: {
                line: number;
                /** Format: date-time */
                at: string;
                itemLine: number | null;
                plu: string | null;
                pieces: number;
                amountMinor: number;
                afterTender: boolean;
                sinceScanMs: number | null;
            }[];
            cancelled: {
                line: number;
                /** Format: date-time */
                at: string;
                afterTender: boolean;
                pieces: number;
                amountMinor: number;
            } | null;
            postVoids: {
                line: number;
                /** Format: date-time */
                at: string;
                relatedTransactionId: string | null;
                amountMinor: number;
            }[];
            refunds: {
                line: number;
                /** Format: date-time */
                at: string;
                plu: string | null;
                amountMinor: number;
                relatedTransactionId: string | null;
            }[];
            overrides: components["schemas"]["BasketPriceChange"][];
            discounts: components["schemas"]["BasketPriceChange"][];
            tenders: {
                line: number;
                /** Format: date-time */
                at: string;
                tenderType: string | null;
                amountMinor: number;
            }[];
            drawer: components["schemas"]["BasketMoment"][];
            noSale: components["schemas"]["BasketMoment"][];
            totalMinor: number;
            pieces: number;
        };
        TillReceiptLine: {
            line: number;
            type: string;
            /** Format: date-time */
            occurredAt: string;
            plu: string | null;
            description: string | null;
            quantity: number;
            unit: string;
            packSize: number;
            amountMinor: number;
            currency: string | null;
            tenderType: string | null;
            relatedTransactionId: string | null;
            relatedLine: number | null;
            reasonCode: string | null;
            /** @description A pseudonym */
            operator: string | null;
            training: boolean;
        };
        TillReceipt: {
            basket: components["schemas"]["TillBasket"];
            lines: components["schemas"]["TillReceiptLine"][];
            exceptions: components["schemas"]["PosException"][];
            /** @description What a camera reported at this till in that time */
            incidents: {
                incidentId: string;
                /** Format: date-time */
                detectedAt: string;
                state: components["schemas"]["IncidentState"];
                evidenceState: components["schemas"]["EvidenceState"];
                clipArtifactId: string | null;
            }[];
            cameras: {
                cameraId: string;
                zoneId: string;
            }[];
        };
        RevealedOperator: {
            storeId: string;
            operator: string;
            operatorId: string;
        };
        TillMeasures: {
            items: {
                day: components["schemas"]["LocalDate"];
                transactions: number;
                exceptions: number;
                /** @description Null on a day without transactions */
                exceptionsPer1000: number | null;
                byRule: {
                    [key: string]: number;
                };
                lanes: {
                    terminalId: string;
                    /** @description A pseudonym */
                    operator: string | null;
                    measures: {
                        transactions: number;
                        pieces: number;
                        salesMinor: number;
                        lineVoids: number;
                        voidsAfterTender: number;
                        cancelled: number;
                        postVoids: number;
                        refunds: number;
                        refundsWithoutReceipt: number;
                        refundMinor: number;
                        noSales: number;
                        overrides: number;
                        overrideMinor: number;
                        discounts: number;
                        discountMinor: number;
                        suspended: number;
                        cheapPieces: number;
                    };
                }[];
                /** @description What the self-checkouts asked for, by till; without drills */
                prompts: {
                    terminalId: string;
                    sent: number;
                    /** @description The words were shown */
                    acknowledged: number;
                    /** @description The till was dark, refused, or could not be reached */
                    dark: number;
                    rescanned: number;
                    /** @description From the prompt until we heard of the scan */
                    rescanP50Ms: number | null;
                    rescanP95Ms: number | null;
                    /** @description How often it called the attendant */
                    attended: number;
                    /** @description How often it kept a payment waiting */
                    blocked: number;
                    blockedMs: number;
                }[];
            }[];
        };
        PosReceipt: {
            accepted: number;
            duplicates: number;
        };
        /** @enum {string} */
        IncidentState: "new" | "alerting" | "acknowledged" | "in_review" | "closed";
        /** @enum {string} */
        PosVerdict: "PENDING" | "MATCH" | "MISMATCH" | "UNKNOWN" | "NOT_APPLICABLE";
        /** @enum {string} */
        Verdict: "paid" | "staff_error" | "unsure" | "confirmed" | "false_positive" | "help" | "safe" | "unreviewed";
        /** @enum {string} */
        SecondReview: "pending" | "agreed" | "disagreed";
        /** @enum {string} */
        ReviewReason: "evidence_unclear" | "receipt_seen" | "wrong_item" | "wrong_person" | "own_goods" | "staff_error" | "new_evidence" | "verdict_stands" | "other";
        /** @enum {string} */
        EvidenceState: "requested" | "partial" | "ready" | "failed" | "not_kept" | "purged";
        /** @enum {string} */
        CameraState: "unknown" | "recording" | "lost" | "frozen" | "black";
        /** @enum {string} */
        SeverityLevel: "low" | "medium" | "high" | "critical";
        Reason: {
            code: string;
            params: {
                [key: string]: string | number | boolean | null;
            };
        };
        Item: {
            label: string;
            confidence: number;
        };
        Box: {
            /** Format: date-time */
            at: string;
            x: number;
            y: number;
            width: number;
            height: number;
            label?: string;
            score?: number;
        };
        Incident: {
            id: string;
            /** @description Short code used in texts */
            code: string;
            storeId: string;
            storeName: string;
            cameraId: string;
            zoneId?: string | null;
            /** @description Lane or zone as staff know it, for example "SCO 3" */
            zoneLabel: string;
            /** @description The behaviour */
            type: string;
            /** @enum {string} */
            category: "shoplifting" | "fraud" | "violent_behaviour" | "equipment_tamper" | "process_error" | "safety";
            severity: components["schemas"]["SeverityLevel"];
            severityScore: number;
            state: components["schemas"]["IncidentState"];
            posVerdict: components["schemas"]["PosVerdict"];
            verdict: components["schemas"]["Verdict"] | null;
            item: components["schemas"]["Item"] | null;
            /** Format: date-time */
            detectedAt: string;
            /** Format: date-time */
            receivedAt: string;
            late: boolean;
            /** Format: date-time */
            acknowledgedAt?: string | null;
            /** Format: date-time */
            closedAt: string | null;
            evidenceState: components["schemas"]["EvidenceState"];
            detectionCount: number;
            /** @description Text messages that the carrier took; calls and mails are listed with the notifications */
            textsSent: number;
            helpRequested?: boolean;
            /** @description A later receipt or person showed this was wrong, and everyone who was told has been told so */
            corrected?: boolean;
            waitingFor: {
                personName: string;
                step: number;
                /** Format: date-time */
                dueAt: string;
            } | null;
            legalHold: boolean;
            /** Format: date-time */
            purgeAfter: string | null;
            version: number;
            /** @description Somebody started it to practise */
            drill: boolean;
            /** @description Why nobody is paged; null when people may be */
            suppression: components["schemas"]["Reason"][] | null;
            claim: {
                name: string;
                /** Format: date-time */
                until: string;
                mine: boolean;
            } | null;
            secondReview: components["schemas"]["SecondReview"] | null;
            /** @description More than one after a reopening */
            runs: number;
        };
        IncidentPage: {
            items: components["schemas"]["Incident"][];
            nextCursor: string | null;
            /** @description Open incidents by state in your scope */
            counts: {
                [key: string]: number;
            };
        };
        IncidentDetail: components["schemas"]["Incident"] & {
            /** @description IANA name */
            storeTimeZone: string;
            /** @description Who gave the verdict that stands */
            decidedBy: {
                name: string;
                mine: boolean;
            } | null;
            terminalHold: components["schemas"]["TerminalHold"] | null;
            outcome: components["schemas"]["Outcome"] | null;
            /** @description Second reviews and appeals */
            reviews: components["schemas"]["Review"][];
            detections: components["schemas"]["IncidentDetection"][];
            /** @description The till lines around the moment */
            posLines: components["schemas"]["PosLine"][];
            posReasons: components["schemas"]["Reason"][];
            notifications: components["schemas"]["Notification"][];
            boxes: components["schemas"]["Box"][];
            clip: {
                /** Format: date-time */
                fromAt: string;
                /** Format: date-time */
                toAt: string;
                url: string;
            } | null;
        };
        /** @description A self-checkout that calls the attendant, or keeps a payment waiting until they have answered */
        TerminalHold: {
            terminalId: string;
            /** @enum {string} */
            kind: "attend" | "block";
            /**
             * @description unconfirmed: the terminal did not answer, so it may or may not have done it
             * @enum {string}
             */
            state: "ordered" | "held" | "unconfirmed" | "failed" | "releasing" | "released";
            /**
             * Format: date-time
             * @description It lets go by itself then, at the latest
             */
            untilAt: string;
            failure: components["schemas"]["Reason"] | null;
            /** @enum {string|null} */
            releaseCause: "closed" | "answered" | "till_unsure" | "person" | "time_over" | null;
            /** Format: date-time */
            releasedAt: string | null;
        };
        IncidentDetection: {
            eventId: string;
            /** Format: date-time */
            detectedAt: string;
            confidence: number;
            modelId: string;
            modelVersion: string;
            mergeReason: components["schemas"]["Reason"] | null;
        };
        PosLine: {
            terminalId: string;
            transactionId: string;
            line: number;
            type: string;
            /** Format: date-time */
            occurredAt: string;
            plu?: string | null;
            description?: string | null;
            amountMinor?: number | null;
            currency?: string | null;
            /** @description This line is the receipt for what the camera saw */
            matched: boolean;
        };
        Notification: {
            id: string;
            step: number;
            /** @description Counts hand-overs of a step and corrections */
            round: number;
            /** @enum {string} */
            kind: "alert" | "correction" | "help" | "help_call" | "notice";
            personName: string;
            /** @enum {string} */
            channel: "sms" | "voice" | "email";
            /** @enum {string} */
            state: "intended" | "sent" | "delivered" | "undelivered" | "failed" | "nobody_on_shift" | "withheld";
            /** @description Why it was withheld */
            reasons: components["schemas"]["Reason"][];
            /** @description human or machine */
            answeredBy?: string | null;
            callSeconds?: number | null;
            body: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            sentAt: string | null;
        };
        TimelineEvent: {
            id: string;
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            kind: "detection_received" | "detection_merged" | "sensor_joined" | "sensor_released" | "confidence_fused" | "till_checked" | "severity_scored" | "terminal_prompted" | "terminal_prompt_failed" | "terminal_held" | "terminal_hold_failed" | "terminal_released" | "rescanned" | "text_sent" | "text_delivered" | "text_undelivered" | "nobody_on_shift" | "escalation_exhausted" | "evidence_requested" | "evidence_ready" | "evidence_partial" | "evidence_failed" | "evidence_not_kept" | "evidence_other_camera" | "evidence_retried" | "evidence_quarantined" | "evidence_restored" | "redaction_requested" | "redaction_settled" | "unredacted_approved" | "unredacted_withdrawn" | "share_requested" | "share_delivered" | "share_failed" | "share_withdrawn" | "share_notified" | "text_withheld" | "call_placed" | "call_answered" | "call_unanswered" | "handed_over" | "paging_suppressed" | "paging_resumed" | "help_ended" | "claimed" | "claim_released" | "outcome_recorded" | "second_review_asked" | "second_review_given" | "reopened" | "appeal_opened" | "appeal_decided" | "runbook_step" | "acknowledged" | "verdict_given" | "help_requested" | "note_added" | "closed" | "correction_recorded" | "hold_placed" | "hold_released" | "purged" | "review_deadline_passed";
            actor: string;
            params: {
                [key: string]: unknown;
            };
        };
        Timeline: {
            events: components["schemas"]["TimelineEvent"][];
        };
        Custody: {
            entries: components["schemas"]["AuditEntry"][];
        };
        StoreList: {
            items: components["schemas"]["Store"][];
        };
        CameraList: {
            items: components["schemas"]["Camera"][];
        };
        Explanation: {
            severity: {
                level: components["schemas"]["SeverityLevel"];
                score: number;
                reasons: components["schemas"]["Reason"][];
            };
            pos: {
                verdict: components["schemas"]["PosVerdict"];
                /** Format: date-time */
                windowFromAt: string | null;
                /** Format: date-time */
                windowToAt: string | null;
                reasons: components["schemas"]["Reason"][];
            };
            model: {
                id: string;
                version: string;
                thresholds: {
                    [key: string]: number;
                };
            };
            policy: {
                id: string;
                version: number;
            };
            merges: components["schemas"]["Reason"][];
            fusion: components["schemas"]["Fusion"] | null;
        };
        Evidence: {
            state: components["schemas"]["EvidenceState"];
            failure: components["schemas"]["Reason"] | null;
            /** Format: date-time */
            requestedAt: string | null;
            /** Format: date-time */
            readyAt: string | null;
            /** Format: date-time */
            fromAt?: string | null;
            /** Format: date-time */
            toAt?: string | null;
            gaps: {
                /** Format: date-time */
                fromAt: string;
                /** Format: date-time */
                toAt: string;
            }[];
            artifacts: components["schemas"]["Artifact"][];
            /** @description How often the recording was asked for */
            attempt: number;
            otherCameras: components["schemas"]["OtherCamera"][];
        };
        /** @description A camera beside the incident's own, with a clip of its own */
        OtherCamera: {
            cameraId: string;
            name: string;
            /** @description Names its files: camera-2-clip and so on */
            position: number;
            /** @enum {string} */
            state: "requested" | "ready" | "partial" | "failed";
            /**
             * Format: date-time
             * @description By this camera's own clock
             */
            fromAt: string;
            /** Format: date-time */
            toAt: string;
            gaps: components["schemas"]["Stretch"][];
            failure: components["schemas"]["Reason"] | null;
            /** Format: date-time */
            readyAt: string | null;
            alignment: {
                /** @description How far its clock runs ahead of that of the incident's camera */
                offsetMs: number;
                /** @description How far that may be off */
                errorMs: number;
                /** @enum {string} */
                source: "measured" | "declared" | "assumed";
            };
        };
        Stretch: {
            /** Format: date-time */
            fromAt: string;
            /** Format: date-time */
            toAt: string;
        };
        CameraSetup: {
            storeId: string;
            cameraId: string;
            neighbours: components["schemas"]["CameraNeighbour"][];
            clock: {
                /** @description How far its pictures are dated ahead of true time */
                offsetMs: number;
                errorMs: number;
                method: string;
                /** Format: date-time */
                since: string;
            } | null;
        };
        CameraNeighbour: {
            /** @description null: wherever the camera looks */
            zoneId: string | null;
            cameraId: string;
        };
        Artifact: {
            id: string;
            /** @enum {string} */
            kind: "history" | "history_decoded" | "heatmap" | "other_clip" | "other_segment" | "segment" | "clip" | "still" | "thumbnail" | "manifest" | "redacted" | "redaction_map";
            mediaType: string;
            sizeBytes: number;
            sha256: string;
            /** Format: date-time */
            fromAt?: string | null;
            /** Format: date-time */
            toAt?: string | null;
            /** @description The camera beside the incident's own that it is from */
            cameraId: string | null;
            /** @description Of a derivative: the hash of what it was made from */
            parentSha256: string | null;
            quarantine: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                because: "ALTERED" | "GONE";
            } | null;
            url: string;
        };
        AuditEntry: {
            seq: number;
            /** Format: date-time */
            at: string;
            actor: string;
            /** @description As people call them; not part of what is hashed */
            actorName: string;
            actorRole: string;
            action: string;
            subject: string;
            details: {
                [key: string]: unknown;
            };
            /** @description The request that it came from */
            requestId: string | null;
            hash: string;
            prevHash: string;
        };
        AuditPage: {
            items: components["schemas"]["AuditEntry"][];
            nextCursor: string | null;
        };
        AuditRowDetail: {
            /** @description Whether its hash is still that of its content */
            holds: boolean;
            row: components["schemas"]["AuditEntry"];
            before: components["schemas"]["AuditEntry"] | null;
            after: components["schemas"]["AuditEntry"] | null;
        };
        AuditVerification: {
            ok: boolean;
            rows: number;
            headSeq: number;
            headHash: string;
            witness: {
                seq: number;
                /** Format: date-time */
                at: string;
                ok: boolean;
            } | null;
            /** @description The heads in the outside file; null where none is configured */
            outsideFile: {
                heads: number;
                seq: number;
                /** Format: date-time */
                at: string | null;
                ok: boolean;
            } | null;
            problem: {
                seq: number;
                /** @enum {string} */
                code: "row_altered" | "row_missing" | "row_inserted" | "link_broken" | "head_mismatch" | "witness_mismatch" | "witness_forged";
                detail: string;
            } | null;
        };
        VerdictCommand: {
            /** @enum {string} */
            verdict: "paid" | "staff_error" | "unsure" | "confirmed" | "false_positive" | "help" | "safe";
            /** @enum {string} */
            reasonCode?: "receipt_seen" | "rescanned" | "own_bag" | "staff_discount" | "wrong_camera_view" | "nothing_happened" | "item_returned" | "other";
            note?: string;
            /** @description The version you looked at; refused with 409 when the incident has moved on */
            expectedVersion?: number;
        };
        CommandResult: {
            incidentId: string;
            state: components["schemas"]["IncidentState"];
            verdict: components["schemas"]["Verdict"] | null;
        };
        Claim: {
            incidentId: string;
            claimedBy: string | null;
            /** Format: date-time */
            claimedUntil: string | null;
        };
        OutcomeItem: {
            label: string;
            quantity: number;
            amountMinor?: number | null;
        };
        OutcomeCommand: {
            /** @enum {string} */
            intervention: "none" | "customer_assisted" | "asked_to_rescan" | "receipt_shown" | "item_returned" | "person_left" | "police_called";
            currency: string;
            /** @default 0 */
            lossMinor: number;
            /** @default 0 */
            recoveredMinor: number;
            /** @default 0 */
            preventedMinor: number;
            /** @default [] */
            items: components["schemas"]["OutcomeItem"][];
            notes?: string | null;
        };
        Outcome: {
            intervention: string;
            currency: string;
            lossMinor: number;
            recoveredMinor: number;
            preventedMinor: number;
            items: components["schemas"]["OutcomeItem"][];
            notes: string | null;
        };
        CorrectionCommand: {
            /** @enum {string} */
            verdict: "paid" | "staff_error" | "false_positive";
            reasonCode: components["schemas"]["ReviewReason"];
        };
        Correction: {
            incidentId: string;
            /** @description People who are being told */
            told: number;
        };
        Reopened: {
            incidentId: string;
            run: number;
        };
        Reviewed: {
            incidentId: string;
            /** @enum {string} */
            secondReview: "agreed" | "disagreed";
            told: number;
        };
        Review: {
            id: string;
            /** @enum {string} */
            kind: "second_review" | "appeal";
            /** @enum {string} */
            state: "open" | "upheld" | "overturned" | "rejected";
            /** Format: date-time */
            openedAt: string;
            openedBy: string;
            statement: string | null;
            /** Format: date-time */
            decidedAt: string | null;
            decidedBy: string | null;
            reasonCode: string | null;
            /** @description Of an appeal: under which whoever objects can follow it */
            number: string | null;
        };
        AppealReceipt: {
            incidentId: string;
            appealId: string;
            /** @description Give it to whoever objects */
            number: string;
            /** @description Where they can see whether it was decided; it says nothing about them */
            statusUrl: string;
        };
        AppealDecision: {
            incidentId: string;
            appealId: string;
            granted: boolean;
            told: number;
        };
        Unmerged: {
            incidentId: string;
            /** @description Null when a sensor only supported the incident */
            newIncidentId: string | null;
        };
        /** @description What all sources make of an incident together */
        Fusion: {
            confidence: number;
            contributions: components["schemas"]["Contribution"][];
            events: components["schemas"]["JoinedEvent"][];
        };
        Contribution: {
            /** @enum {string} */
            source: "camera" | "door" | "shelf_weight" | "eas_gate" | "rfid" | "pos_tamper" | "till";
            sourceId: string | null;
            /** @description The name of the camera or sensor */
            label: string | null;
            /** Format: date-time */
            at: string | null;
            /** @description Log-odds that it adds to an even chance */
            weight: number;
            reason: components["schemas"]["Reason"];
        };
        /** @description What a sensor said in support; it can be taken out under its event id */
        JoinedEvent: {
            eventId: string;
            sensorId: string;
            kind: components["schemas"]["SensorKind"];
            what: string | null;
            pieces: number | null;
            /** Format: date-time */
            occurredAt: string;
            reason: components["schemas"]["Reason"];
        };
        /** @enum {string} */
        SensorKind: "door" | "shelf_weight" | "eas_gate" | "rfid" | "pos_tamper";
        SensorReceipt: {
            accepted: number;
            duplicates: number;
            events: {
                storeId: string;
                sensorId: string;
                eventId: string;
                /** @enum {string} */
                disposition: "stored" | "ambiguous" | "joined" | "started" | "merged" | "duplicate";
                incidentId?: string;
                reason?: components["schemas"]["Reason"];
            }[];
        };
        SensorStatusReceipt: {
            /** @description The sensor or those of the gateway */
            sensors: number;
        };
        SensorSettings: {
            plu?: string;
            articleGrams?: number;
            toleranceGrams?: number;
        };
        SensorRegistration: {
            storeId: string;
            kind: components["schemas"]["SensorKind"];
            zoneId: string;
            label: string;
            gatewayId?: string | null;
            settings?: components["schemas"]["SensorSettings"];
            silentAfterMs?: number;
            retired?: boolean;
        };
        Sensor: {
            storeId: string;
            sensorId: string;
            kind: components["schemas"]["SensorKind"];
            zoneId: string;
            /** @description The camera that looks at its place */
            cameraId: string;
            label: string;
            gatewayId: string | null;
            settings: components["schemas"]["SensorSettings"];
            silentAfterMs: number;
            retired: boolean;
            /** @enum {string} */
            state: "never_heard" | "online" | "offline" | "silent";
            /** Format: date-time */
            lastSeenAt: string | null;
        };
        SensorList: {
            items: components["schemas"]["Sensor"][];
        };
        CrossingReceipt: {
            accepted: number;
            duplicates: number;
        };
        WhatIf: {
            /** @enum {string} */
            verdict: "MATCH" | "MISMATCH" | "UNKNOWN";
            matchedLineId: string | null;
            /**
             * Format: date-time
             * @description By the till's clock
             */
            windowFromAt: string;
            /** Format: date-time */
            windowToAt: string;
            reasons: components["schemas"]["Reason"][];
            /** @description null: nothing is known of the clocks, so they are taken to agree */
            clock: components["schemas"]["ClockReading"] | null;
            /** @description Every line near the moment, by its distance */
            lines: components["schemas"]["ConsideredLine"][];
        };
        ClockReading: {
            /** @description How far the till's clock runs ahead of the camera's; null: crossings are reported and nothing is measured yet */
            offsetMs: number | null;
            errorMs: number;
            /** @description How far the server's clock runs ahead of the camera's */
            serverAheadMs: number;
            /** @description How much later (negative: sooner) than usual the lines of this moment came in; null: none came */
            tillChangeMs: number | null;
            /** @description The same of the crossing itself */
            cameraChangeMs: number | null;
            /** @description A change beyond this means a clock and not the network */
            changeLimitMs: number;
        };
        ConsideredLine: {
            lineId: string;
            terminalId: string | null;
            type: string;
            /**
             * Format: date-time
             * @description By the till's clock
             */
            occurredAt: string;
            plu: string | null;
            description: string | null;
            /** @description How many items it can stand for */
            pieces: number;
            /** @description How long after the item it was rung, the clocks put right */
            distanceMs: number;
            /** @enum {string} */
            outcome: "matched" | "belongs_to_other_item" | "too_early" | "too_late" | "not_needed" | "taken_back" | "training" | "not_a_scan";
        };
        /** @enum {string} */
        RosterRole: "store_staff" | "store_manager" | "regional" | "soc_operator" | "soc_lead";
        PersonId: string;
        /** @description A date of the store's calendar */
        LocalDate: string;
        /** @description A time of the store's clock */
        LocalTime: string;
        PersonChange: {
            displayName?: string;
            role?: components["schemas"]["RosterRole"];
            /** @description The store whose managers maintain the person; null for those who serve several */
            homeStoreId?: string | null;
            /** @description An international number, such as +44 7700 900101 */
            phone?: string | null;
            email?: string | null;
            /** @enum {string} */
            locale?: "en" | "es" | "de" | "fr";
            /** @description In the order in which the person wants to be reached */
            channels?: ("sms" | "voice" | "email")[];
            quietFrom?: components["schemas"]["LocalTime"] | null;
            quietTo?: components["schemas"]["LocalTime"] | null;
        };
        NewPerson: {
            id?: components["schemas"]["PersonId"];
            displayName: string;
            role: components["schemas"]["RosterRole"];
            /** @description The store whose managers maintain the person; null for those who serve several */
            homeStoreId?: string | null;
            /** @description An international number, such as +44 7700 900101 */
            phone?: string | null;
            email?: string | null;
            /** @enum {string} */
            locale?: "en" | "es" | "de" | "fr";
            /** @description In the order in which the person wants to be reached */
            channels?: ("sms" | "voice" | "email")[];
            quietFrom?: components["schemas"]["LocalTime"] | null;
            quietTo?: components["schemas"]["LocalTime"] | null;
        };
        Person: {
            id: string;
            displayName: string;
            role: components["schemas"]["Role"];
            homeStoreId: string | null;
            /** @description Masked unless maintained */
            phone: string | null;
            /** @description Masked unless maintained */
            email: string | null;
            /** @enum {string} */
            locale: "en" | "es" | "de" | "fr";
            channels: ("sms" | "voice" | "email")[];
            quietFrom: string | null;
            quietTo: string | null;
            /** @description The person answered STOP */
            textsStopped: boolean;
            active: boolean;
            /** @description Whether you may change this person */
            maintained: boolean;
        };
        PersonList: {
            items: components["schemas"]["Person"][];
        };
        Shift: {
            id: string;
            /** @description Null: every store of the region, or of the company */
            storeId: string | null;
            regionId: string | null;
            personId: string;
            displayName: string;
            role: components["schemas"]["Role"];
            /** Format: date-time */
            startsAt: string;
            /** Format: date-time */
            endsAt: string;
            /** @description manual, or the name of the imported file */
            source: string;
        };
        ShiftPage: {
            items: components["schemas"]["Shift"][];
            nextCursor: string | null;
        };
        GapList: {
            items: {
                role: components["schemas"]["Role"];
                /** Format: date-time */
                fromAt: string;
                /** Format: date-time */
                toAt: string;
            }[];
        };
        PosImport: {
            id: string;
            storeId: string;
            /** @enum {string} */
            format: "csv" | "poslog";
            fileName: string;
            mappingId: string | null;
            /** @enum {string} */
            state: "receiving" | "done" | "failed";
            /** @description Why it failed */
            reason: string | null;
            /** @description Null when the sender did not say */
            bytesTotal: number | null;
            bytesRead: number;
            linesRead: number;
            accepted: number;
            /** @description Here already */
            duplicates: number;
            /** @description Could not be taken */
            quarantined: number;
            /** @description No business of ours, such as taxes and totals */
            leftOut: number;
            /** @description Of the whole file */
            sha256: string | null;
            /** @description An earlier import of the very same file */
            alreadyImportedAs: string | null;
            startedAt: string;
            progressAt: string;
            finishedAt: string | null;
        };
        PosImportPage: {
            items: components["schemas"]["PosImport"][];
            nextCursor: string | null;
        };
        QuarantinedLine: {
            id: number;
            storeId: string;
            importId: string;
            lineNumber: number;
            code: string;
            message: string;
            /** @description The beginning of the line; null once wiped, and for those without pos.manage */
            raw: string | null;
            at: string;
        };
        QuarantinePage: {
            items: components["schemas"]["QuarantinedLine"][];
            nextCursor: string | null;
        };
        /** @description What is left out has the default that is named */
        PosMappingInput: {
            /** @description Their id: ours */
            stores?: {
                [key: string]: string;
            };
            /** @description Their id: ours */
            terminals?: {
                [key: string]: string;
            };
            amount?: {
                /**
                 * @description 12.34 or 1234; default major
                 * @enum {string}
                 */
                written?: "major" | "minor";
                /** @description Digits behind the point (default 2) */
                exponent?: number;
                /**
                 * @description Default a point
                 * @enum {string}
                 */
                decimalSign?: "." | ",";
                /**
                 * @description by_type: what is taken back is negative however it is written
                 * @enum {string}
                 */
                sign?: "as_written" | "by_type";
            };
            csv?: null | {
                /** @enum {string} */
                delimiter?: "," | ";" | "\t" | "|";
                /** @enum {string} */
                encoding?: "utf8" | "latin1";
                quotes?: boolean;
                /** @description Our field: their column */
                columns: {
                    [key: string]: string;
                };
                constants?: {
                    [key: string]: string;
                };
                /** @description Their value: ours, or ignore */
                types?: {
                    [key: string]: string;
                };
                tenderTypes?: {
                    [key: string]: string;
                };
                units?: {
                    [key: string]: string;
                };
                trainingValues?: string[];
                /** @description iso, or a pattern of yyyy yy MM dd HH mm ss SSS */
                timePattern?: string;
            };
        };
        PosMapping: {
            id: string;
            mapping: {
                [key: string]: unknown;
            };
            updatedAt: string;
            updatedBy: string;
        };
        PosMappingList: {
            items: components["schemas"]["PosMapping"][];
        };
        RosterImport: {
            source: string;
            dryRun: boolean;
            added: number;
            changed: number;
            /** @description No longer in the file: taken out, or ended now if running */
            removed: number;
            unchanged: number;
            /** @description Changed by hand and left as they are */
            keptByHand: number;
            /** @description Over already, and not touched */
            past: number;
            /** @description Of a dry run; an import with errors is refused */
            errors: {
                line: number;
                column: string | null;
                message: string;
            }[];
        };
        Holiday: {
            /** @description Null: every store */
            storeId: string | null;
            date: string;
            name: string;
        };
        DeclaredHoliday: {
            storeId: string | null;
            date: string;
            name: string;
            shiftsRemoved: number;
        };
        HolidayList: {
            items: components["schemas"]["Holiday"][];
        };
        /** @enum {string} */
        WebhookEventType: "incident.opened" | "incident.merged" | "incident.alerted" | "incident.acknowledged" | "incident.decided" | "incident.closed" | "incident.corrected" | "incident.reopened" | "incident.outcome_recorded" | "incident.help_requested" | "incident.help_ended" | "review.asked" | "review.given" | "appeal.opened" | "appeal.decided" | "evidence.ready" | "evidence.partial" | "evidence.failed" | "evidence.purged" | "escalation.nobody_on_shift" | "escalation.exhausted" | "paging.suppressed" | "paging.resumed" | "runbook.step";
        WebhookEventTypes: components["schemas"]["WebhookEventType"][];
        WebhookStores: string[];
        Webhook: {
            id: string;
            url: string;
            description: string;
            /** @description Null: every type */
            eventTypes: components["schemas"]["WebhookEventType"][] | null;
            /** @description Null: every store */
            storeIds: string[] | null;
            includeDrills: boolean;
            enabled: boolean;
            /** @enum {string|null} */
            disabledBecause: "GONE" | "FAILING_FOR_DAYS" | null;
            /** @description Attempts in a row that failed */
            failureCount: number;
            /** Format: date-time */
            failingSince: string | null;
            /** Format: date-time */
            previousSecretUntil: string | null;
            /** Format: date-time */
            createdAt: string;
            pending: number;
            dead: number;
        };
        WebhookWithSecret: {
            id: string;
            url: string;
            description: string;
            /** @description Null: every type */
            eventTypes: components["schemas"]["WebhookEventType"][] | null;
            /** @description Null: every store */
            storeIds: string[] | null;
            includeDrills: boolean;
            enabled: boolean;
            /** @enum {string|null} */
            disabledBecause: "GONE" | "FAILING_FOR_DAYS" | null;
            /** @description Attempts in a row that failed */
            failureCount: number;
            /** Format: date-time */
            failingSince: string | null;
            /** Format: date-time */
            previousSecretUntil: string | null;
            /** Format: date-time */
            createdAt: string;
            pending: number;
            dead: number;
            /** @description Shown now and never again */
            secret: string;
        };
        WebhookList: {
            items: components["schemas"]["Webhook"][];
        };
        /** @enum {string} */
        WebhookDeliveryState: "pending" | "delivered" | "dead";
        WebhookDelivery: {
            /** @description The header webhook-id of every attempt */
            id: string;
            /** @enum {string} */
            type: "incident.opened" | "incident.merged" | "incident.alerted" | "incident.acknowledged" | "incident.decided" | "incident.closed" | "incident.corrected" | "incident.reopened" | "incident.outcome_recorded" | "incident.help_requested" | "incident.help_ended" | "review.asked" | "review.given" | "appeal.opened" | "appeal.decided" | "evidence.ready" | "evidence.partial" | "evidence.failed" | "evidence.purged" | "escalation.nobody_on_shift" | "escalation.exhausted" | "paging.suppressed" | "paging.resumed" | "runbook.step" | "ping";
            incidentId: string | null;
            storeId: string | null;
            /** Format: date-time */
            occurredAt: string;
            state: components["schemas"]["WebhookDeliveryState"];
            attempts: number;
            /** Format: date-time */
            nextAttemptAt: string | null;
            /** Format: date-time */
            lastAttemptAt: string | null;
            /** @description HTTP status of the last answer; null when none came */
            lastStatus: number | null;
            lastFailure: string | null;
            responseMs: number | null;
            /** Format: date-time */
            deliveredAt: string | null;
            /** Format: date-time */
            createdAt: string;
        };
        WebhookDeliveryPage: {
            items: components["schemas"]["WebhookDelivery"][];
            nextCursor: string | null;
        };
        Amount: {
            currency: string;
            /** @description Millionths of the currency's unit */
            costMicro: number;
        };
        Usage: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            total: components["schemas"]["UsageFigures"];
            stores: components["schemas"]["StoreUsage"][];
        };
        UsageFigures: {
            detections: number;
            incidents: number;
            texts: number;
            segments: number;
            calls: number;
            callSeconds: number;
            /** @description Started minutes of each call, as carriers bill them */
            callMinutes: number;
            emails: number;
            /** @description Stored at the end of the period */
            evidenceBytes: number;
            /** @description Bytes times the days that they were stored, added up over the period */
            evidenceByteDays: number;
            /** @description By rule, from what is on record; retries, corrections and runbooks are not seen */
            temporalActionsEstimate: number;
            webhookDeliveries: number;
            costs: components["schemas"]["Amount"][];
            /** @description Messages of which the cost is not known */
            unpricedMessages: number;
        };
        StoreUsage: {
            storeId: string;
            detections: number;
            incidents: number;
            texts: number;
            segments: number;
            calls: number;
            callSeconds: number;
            /** @description Started minutes of each call, as carriers bill them */
            callMinutes: number;
            emails: number;
            /** @description Stored at the end of the period */
            evidenceBytes: number;
            /** @description Bytes times the days that they were stored, added up over the period */
            evidenceByteDays: number;
            /** @description By rule, from what is on record; retries, corrections and runbooks are not seen */
            temporalActionsEstimate: number;
            webhookDeliveries: number;
            costs: components["schemas"]["Amount"][];
            /** @description Messages of which the cost is not known */
            unpricedMessages: number;
        };
        Price: {
            /** @enum {string} */
            channel: "sms" | "voice" | "email";
            /** @description The first signs of the recipient's number, such as +44; empty: every country. The longest that fits counts */
            prefix: string;
            /** @description Millionths of the currency's unit for a segment, a started minute or a mail */
            priceMicro: number;
            currency: string;
            /** Format: date-time */
            validFrom: string;
        };
        PriceList: {
            items: components["schemas"]["Price"][];
        };
        MessageCost: {
            notificationId: string;
            kind: string;
            /** @enum {string} */
            channel: "sms" | "voice" | "email";
            step: number;
            state: string;
            /** Format: date-time */
            sentAt: string;
            segments: number | null;
            callSeconds: number | null;
            /** @description Segments, started minutes, or one mail */
            units: number | null;
            priceMicro: number | null;
            costMicro: number | null;
            currency: string | null;
            /**
             * @description Why the cost is not known
             * @enum {string|null}
             */
            reason: "NO_PRICE" | "NOT_METERED" | null;
        };
        IncidentCost: {
            incidentId: string;
            messages: components["schemas"]["MessageCost"][];
            totals: components["schemas"]["Amount"][];
            unpricedMessages: number;
        };
        RedactionKeyFrame: {
            /** @description From the first frame of the clip, ms */
            atMs: number;
            /** @description Fractions of the picture */
            x: number;
            y: number;
            width: number;
            height: number;
        };
        RedactionTrack: {
            id: string;
            /**
             * @description mask: hide this; reveal: what the model hid here was wrong
             * @enum {string}
             */
            action: "mask" | "reveal";
            /** @description It stands from the first to the last and moves evenly between them */
            keyFrames: components["schemas"]["RedactionKeyFrame"][];
        };
        /** @description Whose clip; left out: that of the incident's own camera */
        RedactionCameraId: string;
        RedactionBoxes: {
            cameraId?: components["schemas"]["RedactionCameraId"];
            /** @description The version of this camera that was looked at; 0: none was made yet */
            basedOn: number;
            manual: components["schemas"]["RedactionTrack"][];
        };
        Redaction: {
            /** @description Whose clip it is */
            cameraId: string;
            /** @description Counted across the cameras of an incident */
            version: number;
            /** @enum {string} */
            state: "requested" | "ready" | "failed" | "unavailable";
            reason: components["schemas"]["Reason"] | null;
            /** @enum {string} */
            target: "faces" | "people";
            /** @enum {string} */
            style: "solid" | "blur";
            requestedBy: string;
            /** Format: date-time */
            requestedAt: string;
            /** Format: date-time */
            settledAt: string | null;
            /** @description Of the clip that it was made from */
            parentSha256: string;
            /** @description Of the masked clip */
            sha256: string | null;
            manual: components["schemas"]["RedactionTrack"][];
            /** @description The masked clip among the evidence */
            artifactId: string | null;
            /** @description What was masked where, frame by frame */
            mapArtifactId: string | null;
        };
        Redactions: {
            policy: {
                /** @enum {string} */
                rule: "optional" | "sharing" | "required";
                /** @enum {string} */
                target: "faces" | "people";
                /** @enum {string} */
                style: "solid" | "blur";
            };
            /** @description The newest first; of each camera only the newest counts */
            versions: components["schemas"]["Redaction"][];
            approval: components["schemas"]["UnredactedApproval"];
            release: components["schemas"]["ClipRelease"];
            /** @description Each camera of the incident, its own first, whose approval and release stand above as well */
            cameras: components["schemas"]["CameraMasking"][];
        };
        CameraMasking: {
            cameraId: string;
            name: string;
            /** @description It is the camera that the incident is about */
            isOwn: boolean;
            clip: {
                artifactId: string;
                /** Format: date-time */
                fromAt: string | null;
                /** Format: date-time */
                toAt: string | null;
            } | null;
            approval: components["schemas"]["UnredactedApproval"];
            release: components["schemas"]["ClipRelease"];
        };
        UnredactedApproval: {
            by: string;
            role: string;
            /** Format: date-time */
            at: string;
            reason: string;
        } | null;
        /** @description What of a camera's clip may leave the company now */
        ClipRelease: {
            allowed: boolean;
            /** @enum {string|null} */
            as: "original" | "redacted" | null;
            because: components["schemas"]["Reason"];
            artifactId: string | null;
            mapArtifactId: string | null;
        };
        Hold: {
            id: string;
            incidentId: string;
            reason: string;
            placedBy: string;
            /** Format: date-time */
            placedAt: string;
            /** Format: date-time */
            endsAt: string | null;
            releasedBy: string | null;
            /** Format: date-time */
            releasedAt: string | null;
            releaseReason: string | null;
            /** @description In the answer to placing and releasing only. false: the object store did not take it on, being full or away. The record stands and stops every deletion; the next comparison of store and records (four a day) sets it there. */
            inStore?: boolean;
        };
        HoldList: {
            items: components["schemas"]["Hold"][];
        };
        RetentionCount: {
            incidents: number;
            objects: number;
            bytes: number;
        };
        RetentionCalendar: {
            /** Format: date-time */
            from: string;
            /** Format: date-time */
            to: string;
            days: {
                /** @description YYYY-MM-DD, UTC */
                day: string;
                incidents: number;
                objects: number;
                bytes: number;
            }[];
            due: components["schemas"]["RetentionCount"];
            /** @description What something keeps whatever its date is; one incident may be in several */
            kept: {
                gate: components["schemas"]["RetentionGate"];
                incidents: number;
                objects: number;
                bytes: number;
            }[];
            later: components["schemas"]["RetentionCount"];
            open: components["schemas"]["RetentionCount"];
        };
        /** @enum {string} */
        RetentionGate: "case_open" | "legal_hold" | "second_review" | "appeal_open" | "packet_being_made" | "hand_over_unsettled" | "share_unsettled" | "use_restricted";
        /** @description Why it goes when it goes */
        RetentionBasis: {
            keepMs: number;
            /** @description `outcome:<verdict>`, or the id of the rule that keeps it longest */
            rule: string;
            policyId: string;
            policyVersion: number;
            /** @enum {string} */
            by: "promised" | "current" | "erasure" | "lock";
            erase: boolean;
            /** Format: date-time */
            countedFrom: string;
            /** Format: date-time */
            dueAt: string;
            /** Format: date-time */
            coldAt: string | null;
        };
        RetainedIncidentList: {
            /** @description There are more than are listed */
            more: boolean;
            items: {
                incidentId: string;
                code: string;
                storeId: string;
                verdict: components["schemas"]["Verdict"] | null;
                /** Format: date-time */
                closedAt: string | null;
                /** Format: date-time */
                purgeAfter: string | null;
                basis: components["schemas"]["RetentionBasis"] | null;
                gates: components["schemas"]["RetentionGate"][];
                objects: number;
                bytes: number;
            }[];
        };
        RetentionScheduleRow: {
            what: string;
            /** @description null: no end of its own */
            keepMs: number | null;
            from: string;
            ground: string;
        };
        RetentionSchedule: {
            tenantId: string;
            company: string;
            /** Format: date-time */
            generatedAt: string;
            policies: {
                policyId: string;
                version: number;
                /** Format: date-time */
                activatedAt: string | null;
                storeIds: string[];
                /** @enum {string} */
                whenShortened: "keep" | "apply";
                coldAfterMs: number | null;
                rows: components["schemas"]["RetentionScheduleRow"][];
            }[];
            fixed: components["schemas"]["RetentionScheduleRow"][];
        };
        StorageState: {
            /** @enum {string} */
            state: "ok" | "full";
            /** Format: date-time */
            since: string | null;
            /** @description How often something was refused since then */
            refused: number;
        };
        DeletionList: {
            nextCursor: string | null;
            items: {
                /** @description What was deleted, when, by whom, under which rule; signed in canonical JSON (RFC 8785) */
                record: {
                    [key: string]: unknown;
                };
                /** @description Base64 of Ed25519 */
                signature: string;
                /** @description PEM */
                publicKey: string;
            }[];
        };
        Reconciliation: {
            id: string;
            askedBy: string;
            /** @enum {string} */
            state: "requested" | "running" | "done" | "failed";
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            settledAt: string | null;
            /** @description How far it has got */
            afterKey: string;
            objects: number;
            rows: number;
            repaired: number;
            /** @description Somebody has to look at these */
            unrepaired: number;
            /** @description By kind of discrepancy */
            counts: {
                [key: string]: number;
            };
            failure: components["schemas"]["Reason"] | null;
        };
        ReconciliationReport: {
            runs: components["schemas"]["Reconciliation"][];
            /** @description Of the newest run */
            findings: {
                id: string;
                /** @enum {string} */
                kind: "object_missing" | "size_differs" | "hash_differs" | "hold_missing" | "hold_left" | "lock_short" | "lock_unrecorded" | "lock_beyond_due" | "orphan" | "orphan_locked" | "delete_marker" | "unknown_object" | "deletion_unfinished";
                repaired: boolean;
                incidentId: string | null;
                key: string;
                version: string;
                details: {
                    [key: string]: unknown;
                };
                /** Format: date-time */
                at: string;
            }[];
        };
        Store: {
            id: string;
            name: string;
            regionId?: string | null;
            timeZone: string;
            openIncidents: number;
        };
        Camera: {
            id: string;
            storeId: string;
            name: string;
            state: components["schemas"]["CameraState"];
            zones: {
                id: string;
                label: string;
            }[];
            /** Format: date-time */
            lastSeenAt: string | null;
        };
        PolicyDraft: {
            /** @description The document in YAML or JSON */
            source: string;
            /** @description Why; for whoever reviews it */
            note?: string;
        };
        PolicyValidate: {
            source: string;
            /** @description The policy that it is meant for */
            id?: string;
        };
        PolicyValidation: {
            valid: boolean;
            problems: {
                line: number;
                column: number;
                path: string;
                message: string;
            }[];
        };
        PolicyVersionRef: {
            version: number;
        };
        /** @enum {string} */
        OperatingModel: "checkout_validation" | "soc_led" | "detection_only";
        PolicyVersionSummary: {
            id: string;
            version: number;
            /**
             * @description Retired without activatedAt means withdrawn
             * @enum {string}
             */
            state: "draft" | "review" | "active" | "retired";
            operatingModel: components["schemas"]["OperatingModel"];
            note: string | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            submittedBy: string | null;
            /** Format: date-time */
            submittedAt: string | null;
            activatedBy: string | null;
            /** Format: date-time */
            activatedAt: string | null;
        };
        PolicyVersion: components["schemas"]["PolicyVersionSummary"] & {
            source: string;
        };
        PolicyDetail: {
            id: string;
            active: components["schemas"]["PolicyVersion"] | null;
            draft: components["schemas"]["PolicyVersion"] | null;
            versions: components["schemas"]["PolicyVersionSummary"][];
            /** @description Stores in your scope that it serves now */
            storeIds: string[];
        };
        PolicyList: {
            items: {
                id: string;
                operatingModel: components["schemas"]["OperatingModel"];
                activeVersion: number | null;
                /** @description The version that is a draft or in review */
                openVersion: number | null;
                /** @enum {string|null} */
                openState: "draft" | "review" | null;
                stores: number;
            }[];
        };
        PolicySimulate: {
            /** @description A document that need not be saved; without it and without a version the open draft */
            source?: string;
            version?: number;
            /** Format: date-time */
            fromAt: string;
            /**
             * Format: date-time
             * @description At most 31 days after fromAt
             */
            toAt: string;
            storeIds?: string[];
        };
        PolicyOutcome: {
            messages: {
                /** @enum {string} */
                kind: "alert" | "help" | "help_call";
                step: number;
                role: components["schemas"]["Role"] | null;
                personId: string;
                /** @enum {string} */
                channel: "sms" | "voice" | "email";
                /** Format: date-time */
                at: string;
                /** @description From the detection */
                afterSeconds: number;
            }[];
            withheld: {
                step: number;
                role: components["schemas"]["Role"] | null;
                /** Format: date-time */
                at: string;
                reasons: components["schemas"]["Reason"][];
            }[];
            /** @description Steps for which nobody was on shift */
            nobodyOnShift: number;
            suppressed: components["schemas"]["Reason"][];
            posVerdict: components["schemas"]["PosVerdict"];
            severity: components["schemas"]["SeverityLevel"];
            /** @description The incident whose detections took it up */
            mergedInto: string | null;
            /** @description How many incidents its detections would be */
            parts: number;
        };
        PolicyTotals: {
            incidents: number;
            texted: number;
            messages: number;
            people: number;
            suppressed: number;
            suppressedBy: {
                [key: string]: number;
            };
            withheld: number;
            withheldBy: {
                [key: string]: number;
            };
            nobodyOnShift: number;
            merged: number;
            firstMessageAfter: {
                p50: number;
                p95: number;
                max: number;
            } | null;
        };
        PolicySimulation: {
            policyId: string;
            /** @description null is the source that was sent along */
            version: number | null;
            comparedWith: {
                policyId: string;
                version: number;
            }[];
            storeIds: string[];
            /** Format: date-time */
            fromAt: string;
            /** Format: date-time */
            toAt: string;
            /**
             * Format: date-time
             * @description Set when there were more incidents than can be replayed; those before this instant are left out
             */
            cutAt: string | null;
            totals: {
                recorded: components["schemas"]["PolicyTotals"];
                active: components["schemas"]["PolicyTotals"];
                draft: components["schemas"]["PolicyTotals"];
            };
            changed: number;
            incidents: {
                incidentId: string;
                storeId: string;
                behaviour: string;
                /** Format: date-time */
                detectedAt: string;
                recorded: components["schemas"]["PolicyOutcome"];
                active: components["schemas"]["PolicyOutcome"];
                draft: components["schemas"]["PolicyOutcome"];
                changes: ("TEXTED_NOW" | "NOT_TEXTED_ANY_MORE" | "OTHER_PEOPLE" | "MORE_MESSAGES" | "FEWER_MESSAGES" | "EARLIER" | "LATER" | "SUPPRESSED_NOW" | "NOT_SUPPRESSED_ANY_MORE" | "WITHHELD_DIFFERENTLY" | "MERGED_DIFFERENTLY" | "TILL_SAYS_OTHERWISE" | "OTHER_SEVERITY")[];
            }[];
            /** @description Counted in the totals but not listed */
            unlisted: number;
        };
        StorePolicyCommand: {
            /** @description null follows the risk group */
            policyId: string | null;
            riskGroup: string | null;
        };
        StorePolicy: {
            storeId: string;
            policyId: string | null;
            riskGroup: string | null;
            runs: {
                policyId: string;
                version: number | null;
                /** @enum {string} */
                because: "store" | "risk_group" | "default";
            };
        };
        RiskGroupCommand: {
            name: string;
            policyId: string;
        };
        RiskGroup: {
            id: string;
            name: string;
            policyId: string;
            storeIds: string[];
        };
        HistoryStep: {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            kind: "began" | "done" | "person" | "news" | "wait" | "trouble" | "ended";
            text: string;
            /** @description Whoever did it */
            who: string | null;
            tookMs: number | null;
            detail: string | null;
            attempts: number | null;
            /** @description The events in the raw history that say so */
            eventIds: number[];
        };
        HistoryRun: {
            /** @description Above one after a reopening */
            run: number;
            /** @enum {string} */
            state: "due" | "exported" | "lost" | "not_kept";
            reason: components["schemas"]["Reason"] | null;
            workflowId: string;
            runId: string | null;
            status: string | null;
            /** Format: date-time */
            closedAt: string;
            /** Format: date-time */
            exportedAt: string | null;
            events: number | null;
            /** @description The builds of the workflow code that worked on it */
            buildIds: string[];
            rawSha256: string | null;
            decodedSha256: string | null;
            /** Format: date-time */
            deletedAt: string | null;
            sdk: string | null;
            actions: number | null;
            /** @description Where the raw history is */
            raw: string | null;
            decoded: string | null;
            steps: components["schemas"]["HistoryStep"][];
        };
        History: {
            incidentId: string;
            runs: components["schemas"]["HistoryRun"][];
        };
        /** @enum {string} */
        SubjectRequestKind: "access" | "erasure" | "restriction" | "objection";
        /** @enum {string} */
        RefusalGround: "identity_not_confirmed" | "nothing_found" | "rights_of_others" | "legal_claims" | "ongoing_investigation" | "legal_hold" | "already_deleted" | "manifestly_unfounded" | "overriding_grounds";
        DecisionChoice: {
            incidentId: string;
            /** @enum {string} */
            outcome: "granted" | "refused";
            ground?: components["schemas"]["RefusalGround"];
        };
        /** @enum {string} */
        StaffFeature: "voice_calls" | "own_phone" | "answer_times";
        NewSubjectRequest: {
            kind: components["schemas"]["SubjectRequestKind"];
            storeId: string;
            /** Format: date-time */
            fromAt: string;
            /** Format: date-time */
            toAt: string;
            cameraIds?: string[];
            /** @description Name and where the answer goes */
            contact: string;
            /** @description What the person says about themselves and the moment */
            description: string;
            /** Format: date-time */
            receivedAt?: string;
        };
        SubjectRequestSummary: {
            id: string;
            kind: components["schemas"]["SubjectRequestKind"];
            /** @enum {string} */
            state: "open" | "granted" | "partly_granted" | "refused" | "withdrawn";
            storeId: string;
            storeName: string;
            timeZone: string;
            /** Format: date-time */
            fromAt: string;
            /** Format: date-time */
            toAt: string;
            cameraIds: string[];
            identity: {
                /** @enum {string} */
                result: "unchecked" | "confirmed" | "not_confirmed";
                method: ("in_person" | "known_details" | "account" | "representative") | null;
                by: string | null;
                /** Format: date-time */
                at: string | null;
            };
            /** Format: date-time */
            receivedAt: string;
            recordedBy: string;
            /** Format: date-time */
            dueAt: string;
            overdue: boolean;
            extendedReason: string | null;
            decidedBy: string | null;
            /** Format: date-time */
            decidedAt: string | null;
            ground: components["schemas"]["RefusalGround"] | null;
        };
        SubjectRequestList: {
            items: components["schemas"]["SubjectRequestSummary"][];
        };
        SubjectRequest: components["schemas"]["SubjectRequestSummary"] & {
            /** @description Null once it was wiped */
            contact: string | null;
            description: string | null;
            candidates: components["schemas"]["SubjectCandidate"][];
            /** @description More fit than are listed; make the window smaller */
            truncated: boolean;
            letter: string | null;
        };
        SubjectCandidate: {
            incidentId: string;
            code: string;
            behaviour: string;
            /** Format: date-time */
            detectedAt: string;
            camera: string;
            evidenceState: string;
            open: boolean;
            held: boolean;
            restricted: boolean;
            /** Format: date-time */
            keptUntil: string | null;
            mark: ("shows" | "does_not_show") | null;
            outcome: ("granted" | "refused") | null;
            ground: components["schemas"]["RefusalGround"] | null;
            /**
             * Format: date-time
             * @description Until when the store cannot delete it
             */
            waitsUntil: string | null;
        };
        NewNotice: {
            storeId: string;
            /** @enum {string} */
            kind: "signage" | "privacy_notice" | "staff_notice";
            version: string;
            language: string;
            text: string;
            /** Format: date-time */
            fromAt: string;
        };
        Notice: {
            id: string;
            storeId: string;
            /** @enum {string} */
            kind: "signage" | "privacy_notice" | "staff_notice";
            version: string;
            language: string;
            text: string;
            textSha256: string;
            /** Format: date-time */
            fromAt: string;
            /** Format: date-time */
            toAt: string | null;
            recordedBy: string;
        };
        NoticeList: {
            items: components["schemas"]["Notice"][];
        };
        NoticeReceipt: {
            noticeId: string;
        };
        ConsentReceipt: {
            consentId: string;
        };
        ConsentList: {
            items: {
                id: string;
                personId: string;
                personName: string;
                feature: components["schemas"]["StaffFeature"];
                noticeVersion: string;
                /** Format: date-time */
                givenAt: string;
                /** Format: date-time */
                withdrawnAt: string | null;
            }[];
        };
        OptOutList: {
            items: {
                storeId: string;
                what: string;
                jurisdiction: string;
                reason: string;
                setBy: string;
                /** Format: date-time */
                setAt: string;
            }[];
        };
        DataFlows: {
            policy: {
                id: string;
                version: number;
            };
            flows: {
                id: string;
                what: string;
                /** @enum {string} */
                whose: "shoppers" | "staff" | "nobody";
                from: string;
                to: string;
                purpose: string;
                ground: string;
                /** @enum {string} */
                leaves: "never" | "by a person" | "by itself";
                kept: string;
            }[];
        };
        /**
         * Detection
         * @description One detection in a shop, as a camera, a till or another vendor's detector reports it. The same shape arrives by HTTP and MQTT.
         */
        "detection.schema": {
            /** @description Unique per sender; the same id twice is the same event. */
            eventId: string;
            storeId: string;
            cameraId: string;
            zoneId?: string;
            /** @enum {string} */
            eventType: "missed_scan" | "wrong_scan" | "fake_scan" | "multi_item_pass" | "occlusion" | "concealment" | "shelf_sweep" | "loitering" | "exit_alarm" | "restricted_zone" | "after_hours_presence" | "group_intrusion" | "violence" | "equipment_tamper";
            /**
             * Format: date-time
             * @description When it happened, RFC 3339 with an offset.
             */
            detectedAt: string;
            confidence: number;
            model: {
                id: string;
                version: string;
                thresholds?: {
                    [key: string]: number;
                };
            };
            /** @description What the item looks like, when an item model is present. */
            item?: {
                label: string;
                confidence: number;
            };
            /** @description The articles that an item of a wrong_scan can be, by its looks: only a line of one of them settles it. */
            expectedPlus?: string[];
            /** @description What was rung instead of it; of a fake_scan: the article of the line that no item belongs to. */
            rungPlu?: string;
            thumbnailRef?: string;
            /** @description Items seen crossing the scan line around this one, so that a neighbour's receipt line is not taken for this one's. */
            sightings?: {
                /** Format: date-time */
                at: string;
            }[];
            boxes?: {
                /** Format: date-time */
                at: string;
                x: number;
                y: number;
                width: number;
                height: number;
                label?: string;
                score?: number;
            }[];
        };
        /**
         * Crossing
         * @description An item that a camera saw cross, with or without a receipt. Idempotent by (storeId, cameraId, zoneId, id, at).
         */
        "crossing.schema": {
            storeId: string;
            cameraId: string;
            zoneId: string;
            id: string;
            /**
             * Format: date-time
             * @description By the camera's clock, RFC 3339 with an offset.
             */
            at: string;
            /** @description What the item looks like, when an item model is present. */
            label?: string;
            labelScore?: number;
        };
        /**
         * SensorEvent
         * @description One thing that a sensor says. Idempotent by (storeId, sensorId, eventId).
         */
        "sensor-event.schema": {
            storeId: string;
            sensorId: string;
            eventId: string;
            /** @enum {string} */
            kind: "door" | "shelf_weight" | "eas_gate" | "rfid" | "pos_tamper";
            /**
             * Format: date-time
             * @description RFC 3339 with an offset.
             */
            occurredAt: string;
            /**
             * @description Of a door the first four, of a till's housing the others.
             * @enum {string}
             */
            what?: "opened" | "closed" | "forced" | "held_open" | "cabinet_opened" | "cable_pulled" | "drawer_forced";
            /** @description Of a shelf: how much its weight has changed, negative when something was taken. */
            deltaGrams?: number;
            /**
             * @description Of a gate or a tag reader: which way it went through.
             * @enum {string}
             */
            direction?: "out" | "in" | "unknown";
            /** @description Of a tag: its EPC as a pure identity URN, or 96 bits in hex. */
            epc?: string;
        } & (unknown & unknown & unknown & unknown & unknown);
        /**
         * SensorStatus
         * @description What the connection of a sensor, or of a gateway that speaks for several, says of it.
         */
        "sensor-status.schema": {
            storeId: string;
            /** @description The sensor, or the gateway that sensors are registered with. */
            sensorId: string;
            /** @enum {string} */
            state: "birth" | "heartbeat" | "death";
            /** @description The same from birth to death; the death of an earlier session changes nothing. */
            session: string;
            /**
             * Format: date-time
             * @description Left out in a last will.
             */
            at?: string;
        };
        /**
         * PosEvent
         * @description One line of a till, as the till reports it. Idempotent by (storeId, terminalId, transactionId, line).
         */
        "pos-event.schema": {
            storeId: string;
            terminalId: string;
            transactionId: string;
            line: number;
            /** @enum {string} */
            type: "scan" | "line_void" | "void" | "post_void" | "refund" | "override" | "discount" | "no_sale" | "drawer" | "tender" | "suspend" | "resume" | "sign_on" | "sign_off" | "heartbeat";
            /** Format: date-time */
            occurredAt: string;
            plu?: string;
            description?: string;
            /** @description Pieces, or the measure in `unit`; absent is one. */
            quantity?: number;
            /**
             * @description `each` counts pieces; all others are measured, and one such line is one item.
             * @enum {string}
             */
            unit?: "each" | "kg" | "g" | "lb" | "oz" | "l" | "m";
            /** @description Pieces in one article, for a multi-pack. */
            packSize?: number;
            /** @description The tag of the very piece that was rung: a pure identity URN, or 96 bits in hex. */
            epc?: string;
            /** @description Minor units of the currency, signed. */
            amountMinor?: number;
            currency?: string;
            /** @enum {string} */
            tenderType?: "cash" | "card" | "mobile" | "voucher" | "other";
            /** @description The transaction that a void, refund, override or discount is about; absent is this one. */
            relatedTransactionId?: string;
            relatedLine?: number;
            reasonCode?: string;
            /** @description The cashier as the till knows them; kept apart and shown as a pseudonym. */
            operatorId?: string;
            /** @description The till was in training mode: the line is kept and counts for nothing. */
            training?: boolean;
        };
        /** @enum {string} */
        eventType: "missed_scan" | "wrong_scan" | "fake_scan" | "multi_item_pass" | "occlusion" | "concealment" | "shelf_sweep" | "loitering" | "exit_alarm" | "restricted_zone" | "after_hours_presence" | "group_intrusion" | "violence" | "equipment_tamper";
    };
    responses: {
        /** @description RFC 9457 problem */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        PolicyId: string;
        WebhookId: string;
        PacketId: string;
        RecipientId: string;
        ShareId: string;
        RequestId: string;
        Run: number;
        IncidentId: string;
        /** @description The nextCursor of the page before */
        Cursor: string;
        Limit: number;
        /** @description The same key again gives the same answer and no second effect */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The actor */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    apiKey: string;
                };
            };
        };
        responses: {
            /** @description Signed in */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    createDetection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["detection.schema"];
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
            };
        };
        responses: {
            /** @description Durable */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DetectionReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createCrossings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["crossing.schema"] | components["schemas"]["crossing.schema"][];
            };
        };
        responses: {
            /** @description Stored */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CrossingReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createSensorEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["sensor-event.schema"] | components["schemas"]["sensor-event.schema"][];
            };
        };
        responses: {
            /** @description Stored */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SensorReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reportSensorStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["sensor-status.schema"];
            };
        };
        responses: {
            /** @description Noted */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SensorStatusReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSensors: {
        parameters: {
            query?: {
                storeId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sensors */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SensorList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    registerSensor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sensorId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SensorRegistration"];
            };
        };
        responses: {
            /** @description The sensor */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sensor"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createPosEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["pos-event.schema"] | components["schemas"]["pos-event.schema"][];
            };
        };
        responses: {
            /** @description Stored */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    importPosLog: {
        parameters: {
            query: {
                storeId: string;
                /** @description Whose ids are ours; left out: ids as they stand */
                mappingId?: string;
                fileName?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/xml": string;
            };
        };
        responses: {
            /** @description What came of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosImport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    importDayFile: {
        parameters: {
            query: {
                storeId: string;
                /** @description Needed for CSV */
                mappingId?: string;
                fileName: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
                "application/xml": string;
            };
        };
        responses: {
            /** @description What came of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosImport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPosImports: {
        parameters: {
            query?: {
                storeId?: string;
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosImportPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPosImport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                importId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it is */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosImport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listQuarantine: {
        parameters: {
            query?: {
                storeId?: string;
                importId?: string;
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuarantinePage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPosMappings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosMappingList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    putPosMapping: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                mappingId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PosMappingInput"];
            };
        };
        responses: {
            /** @description As it stands now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosMapping"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    explainMoment: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    storeId: string;
                    terminalId: string;
                    /** Format: date-time */
                    at: string;
                    neighboursAt?: string[];
                };
            };
        };
        responses: {
            /** @description The finding */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhatIf"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listTillAnalyses: {
        parameters: {
            query?: {
                storeId?: string;
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The days */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TillAnalysisList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    analyseTillDay: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    storeId: string;
                    day: components["schemas"]["LocalDate"];
                };
            };
        };
        responses: {
            /** @description What it came to */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TillAnalysis"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPosExceptions: {
        parameters: {
            query?: {
                storeId?: string;
                /** @description The store's own date */
                fromDay?: components["schemas"]["LocalDate"];
                toDay?: components["schemas"]["LocalDate"];
                ruleId?: components["schemas"]["FindingRuleId"];
                terminalId?: string;
                /** @description A pseudonym */
                operator?: components["schemas"]["Pseudonym"];
                /** @description withdrawn: a later look no longer finds it */
                state?: "open" | "dismissed" | "withdrawn";
                /** @description What only runs beside the rules for now */
                shadow?: boolean;
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosExceptionPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    dismissPosException: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exceptionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description The exception */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PosException"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTillRules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TillRuleSettings"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setTillRules: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    changed: components["schemas"]["TillRulesChange"];
                    /** @description Refuses the change (409) when somebody else was first */
                    expectedVersion?: number;
                };
            };
        };
        responses: {
            /** @description The rules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TillRuleSettings"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTillReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                terminalId: string;
                transactionId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The receipt */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TillReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    revealOperator: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    storeId: string;
                    operator: components["schemas"]["Pseudonym"];
                    reason: string;
                };
            };
        };
        responses: {
            /** @description The cashier */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevealedOperator"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTillMeasures: {
        parameters: {
            query: {
                storeId: string;
                /** @description The store's own date */
                from: components["schemas"]["LocalDate"];
                /** @description At most 400 days later */
                to: components["schemas"]["LocalDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Day by day */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TillMeasures"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listIncidents: {
        parameters: {
            query?: {
                /** @description One or more states */
                state?: components["schemas"]["IncidentState"][];
                storeId?: string;
                posVerdict?: components["schemas"]["PosVerdict"];
                /** @description true: only incidents about which nobody is paged, each with its reasons */
                suppressed?: boolean;
                drill?: boolean;
                secondReview?: components["schemas"]["SecondReview"];
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The incident */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getTimeline: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The timeline */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        events: components["schemas"]["TimelineEvent"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getExplanation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reasons */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The evidence */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evidence"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    retryEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is being tried */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evidence"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    restoreArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                artifactId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is in its place */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evidence"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getArtifact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                artifactId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The bytes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description A range of the bytes */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getCustody: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The custody log */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: components["schemas"]["AuditEntry"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    acknowledgeIncident: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Acknowledged */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandResult"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    decideIncident: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VerdictCommand"];
            };
        };
        responses: {
            /** @description Accepted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandResult"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    claimIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Claimed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    releaseIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Released */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    releaseTerminal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Kept with the incident and wiped with its evidence */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description On its way; `state` is `released` once the terminal has said so */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TerminalHold"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    describeOutcome: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OutcomeCommand"];
            };
        };
        responses: {
            /** @description Recorded */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outcome"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    correctIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CorrectionCommand"];
            };
        };
        responses: {
            /** @description Corrected */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Correction"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reopenIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reasonCode: components["schemas"]["ReviewReason"];
                };
            };
        };
        responses: {
            /** @description Open */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reopened"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reviewIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    agrees: boolean;
                    /**
                     * @description Of somebody who disagrees; without it the incident is opened again
                     * @enum {string}
                     */
                    verdict?: "paid" | "staff_error" | "false_positive";
                    reasonCode: components["schemas"]["ReviewReason"];
                };
            };
        };
        responses: {
            /** @description Reviewed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reviewed"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openAppeal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    statement: string;
                };
            };
        };
        responses: {
            /** @description Opened */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppealReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    decideAppeal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                appealId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    granted: boolean;
                    reasonCode: components["schemas"]["ReviewReason"];
                };
            };
        };
        responses: {
            /** @description Decided */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppealDecision"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    unmergeDetection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    eventId: string;
                };
            };
        };
        responses: {
            /** @description Both incidents */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Unmerged"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addNote: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Noted */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TimelineEvent"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listRedactions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redactions"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    requestRedaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    cameraId?: components["schemas"]["RedactionCameraId"];
                };
            };
        };
        responses: {
            /** @description On record */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redaction"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    drawRedaction: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedactionBoxes"];
            };
        };
        responses: {
            /** @description On record */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redaction"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    approveUnredacted: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    cameraId?: components["schemas"]["RedactionCameraId"];
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redactions"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawUnredacted: {
        parameters: {
            query?: {
                cameraId?: components["schemas"]["RedactionCameraId"];
            };
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Redactions"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listHolds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Holds */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    placeHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /**
                     * Format: date-time
                     * @description When it ends by itself; without it, when somebody releases it
                     */
                    endsAt?: string | null;
                };
            };
        };
        responses: {
            /** @description Held */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    releaseHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                holdId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Released */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSteps: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In their order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    commandStep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                stepId: string;
                command: "approve" | "reject" | "done" | "override" | "release" | "retry";
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description The step as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Step"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openReports: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Reports */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPackets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Packets */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PacketList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    requestPacket: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    purpose: "police" | "insurer" | "internal";
                };
            };
        };
        responses: {
            /** @description It is being built */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Packet"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPacket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The packet */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PacketDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPacketContent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The zip */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    signPacketStatement: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The next version is being built */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Packet"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    handOverPacket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    organisation: string;
                    /** @description Their own case number */
                    reference?: string;
                };
            };
        };
        responses: {
            /** @description The link is in this answer and nowhere else */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewHandover"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    revokeHandover: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                packetId: components["parameters"]["PacketId"];
                handoverId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hand-over */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Handover"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listRecipients: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recipients */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecipientList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createRecipient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "police" | "insurer";
                    name: string;
                    url: string;
                    template?: components["schemas"]["ShareTemplateChange"];
                    throttlePerMinute?: number;
                    /** @description For the police 2 or more */
                    approvalsRequired?: number;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecipientWithCredential"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRecipient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recipientId: components["parameters"]["RecipientId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The recipient */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipient"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    updateRecipient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recipientId: components["parameters"]["RecipientId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name?: string;
                    url?: string;
                    template?: components["schemas"]["ShareTemplateChange"];
                    throttlePerMinute?: number;
                    approvalsRequired?: number;
                    enabled?: boolean;
                };
            };
        };
        responses: {
            /** @description The recipient */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipient"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rotateRecipientCredential: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                recipientId: components["parameters"]["RecipientId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new credential */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecipientWithCredential"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getEvidenceQuality: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The score and its parts */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EvidenceQuality"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listShares: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Shares */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShareList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    requestShare: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    packetId: string;
                    recipientId: string;
                    consent?: components["schemas"]["ShareConsent"] | null;
                };
            };
        };
        responses: {
            /** @description It waits for approvals */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The share */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    approveShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    decision: "approved" | "refused";
                };
            };
        };
        responses: {
            /** @description The share */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    retryShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is tried */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawShare: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shareId: components["parameters"]["ShareId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    because: "sent_by_mistake" | "wrong_recipient" | "consent_withdrawn" | "superseded" | "objection";
                };
            };
        };
        responses: {
            /** @description The share */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Share"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listDrills: {
        parameters: {
            query?: {
                storeId?: string;
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Drills */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    startDrill: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key again gives the same answer and no second effect */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    storeId: string;
                    cameraId: string;
                    zoneId?: string;
                    eventType: components["schemas"]["eventType"];
                    note?: string;
                };
            };
        };
        responses: {
            /** @description Durable */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getIncidentCost: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The messages and their sum */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IncidentCost"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRetentionCalendar: {
        parameters: {
            query?: {
                /** @description Default: today, UTC */
                from?: string;
                /** @description Default: 31 days later; at most 400 */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The calendar */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionCalendar"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listRetainedIncidents: {
        parameters: {
            query?: {
                /** @description YYYY-MM-DD, UTC */
                day?: string;
                gate?: components["schemas"]["RetentionGate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Incidents */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetainedIncidentList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRetentionSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RetentionSchedule"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    printRetentionSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listDeletions: {
        parameters: {
            query?: {
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                incidentId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Records */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletionList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getStorage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorageState"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last runs and the findings of the newest */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReconciliationReport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    orderReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is waiting or running */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getUsage: {
        parameters: {
            query?: {
                /** @description Default: the start of the month of `to`, UTC */
                from?: string;
                /** @description Default: now; at most 400 days later */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Usage */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPrices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The prices */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    replacePrices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriceList"];
            };
        };
        responses: {
            /** @description The prices */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PriceList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhooks */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    url: string;
                    description?: string;
                    /** @description Null: every type */
                    eventTypes?: components["schemas"]["WebhookEventTypes"] | null;
                    /** @description Null: every store */
                    storeIds?: components["schemas"]["WebhookStores"] | null;
                    includeDrills?: boolean;
                };
            };
        };
        responses: {
            /** @description Created */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    url?: string;
                    description?: string;
                    eventTypes?: components["schemas"]["WebhookEventTypes"] | null;
                    storeIds?: components["schemas"]["WebhookStores"] | null;
                    includeDrills?: boolean;
                    enabled?: boolean;
                };
            };
        };
        responses: {
            /** @description The webhook */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new secret */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookWithSecret"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    pingWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description dead: the dead letters */
                state?: components["schemas"]["WebhookDeliveryState"];
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDeliveryPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    redeliverWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                webhookId: components["parameters"]["WebhookId"];
                deliveryId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookDelivery"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listStores: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Stores */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Store"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listCameras: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cameras */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Camera"][];
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getCameraSetup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                cameraId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The camera */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CameraSetup"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setCameraNeighbours: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                cameraId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    neighbours: components["schemas"]["CameraNeighbour"][];
                };
            };
        };
        responses: {
            /** @description The camera */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CameraSetup"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setCameraClock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                cameraId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    offsetMs: number;
                    errorMs: number;
                    method: string;
                };
            };
        };
        responses: {
            /** @description The camera */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CameraSetup"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    reportCameraHealth: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                cameraId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    storeId: string;
                    state: components["schemas"]["CameraState"];
                    /** Format: date-time */
                    at: string;
                };
            };
        };
        responses: {
            /** @description Noted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listPeople: {
        parameters: {
            query?: {
                includeInactive?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The people of your stores */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createPerson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPerson"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deactivatePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                personId: components["schemas"]["PersonId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deactivated */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updatePerson: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                personId: components["schemas"]["PersonId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PersonChange"];
            };
        };
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listShifts: {
        parameters: {
            query: {
                storeId?: string;
                from: string;
                /** @description At most 93 days later */
                to: string;
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShiftPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createShift: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    storeId?: string | null;
                    regionId?: string | null;
                    personId: components["schemas"]["PersonId"];
                    /** Format: date-time */
                    startsAt: string;
                    /** Format: date-time */
                    endsAt: string;
                };
            };
        };
        responses: {
            /** @description The shift */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shift"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteShift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shiftId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    updateShift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                shiftId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    personId?: components["schemas"]["PersonId"];
                    /** Format: date-time */
                    startsAt?: string;
                    /** Format: date-time */
                    endsAt?: string;
                };
            };
        };
        responses: {
            /** @description The shift */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shift"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    importShifts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    format: "csv" | "ical";
                    /** @description The name of the file through time */
                    source: string;
                    content: string;
                    storeId?: string;
                    regionId?: string;
                    /** @description For shifts that are not of one store */
                    timeZone?: string;
                    /** @default false */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description What changed or would change */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RosterImport"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listGaps: {
        parameters: {
            query: {
                storeId: string;
                from: string;
                to: string;
                /** @description The roles that are needed; left out: store_staff and store_manager */
                role?: components["schemas"]["RosterRole"][];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The gaps */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GapList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listHolidays: {
        parameters: {
            query?: {
                storeId?: string;
                from?: components["schemas"]["LocalDate"];
                to?: components["schemas"]["LocalDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The holidays */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HolidayList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    putHoliday: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    storeId?: string | null;
                    date: components["schemas"]["LocalDate"];
                    name: string;
                };
            };
        };
        responses: {
            /** @description The holiday */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeclaredHoliday"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    deleteHoliday: {
        parameters: {
            query: {
                storeId?: string;
                date: components["schemas"]["LocalDate"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Taken back */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description The nextCursor of the page before */
                cursor?: components["parameters"]["Cursor"];
                limit?: components["parameters"]["Limit"];
                actor?: string;
                /** @description A whole action, or its first word with a dot (`evidence.`) for all of its kind */
                action?: string;
                /** @description What it is about, such as `incident:inc_…` */
                subject?: string;
                fromAt?: string;
                toAt?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getAuditRow: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The row */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditRowDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    exportAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A header, a line for each row, and the signed head */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The finding */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listPolicies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    createPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyDraft"];
            };
        };
        responses: {
            /** @description The draft */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPolicySchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    validatePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyValidate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyValidation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyDetail"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    savePolicyDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyDraft"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getPolicyVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    submitPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyVersionRef"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    activatePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyVersionRef"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyVersionRef"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    rollbackPolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicyVersionRef"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyVersion"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    simulatePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                policyId: components["parameters"]["PolicyId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PolicySimulate"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicySimulation"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getStorePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorePolicy"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    assignStorePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StorePolicyCommand"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StorePolicy"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRiskGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                riskGroupId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskGroup"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setRiskGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                riskGroupId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RiskGroupCommand"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RiskGroup"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getRawHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                run: components["parameters"]["Run"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getDecodedHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
                run: components["parameters"]["Run"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listSubjectRequests: {
        parameters: {
            query?: {
                state?: "open" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequestList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    recordSubjectRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubjectRequest"];
            };
        };
        responses: {
            /** @description On record */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getSubjectRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    checkIdentity: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    result: "confirmed" | "not_confirmed";
                    /** @enum {string} */
                    method: "in_person" | "known_details" | "account" | "representative";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    extendSubjectRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    markSubjectIncident: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    mark: "shows" | "does_not_show";
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    decideSubjectRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    choices?: components["schemas"]["DecisionChoice"][];
                    ground?: components["schemas"]["RefusalGround"];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawSubjectRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    liftRestriction: {
        parameters: {
            query: {
                reason: string;
            };
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubjectRequest"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    exportSubjectData: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                requestId: components["parameters"]["RequestId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listNotices: {
        parameters: {
            query?: {
                storeId?: string;
                at?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    recordNotice: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNotice"];
            };
        };
        responses: {
            /** @description On record */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NoticeReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    endNotice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                noticeId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listConsents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    recordConsent: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    personId: string;
                    feature: components["schemas"]["StaffFeature"];
                    noticeVersion: string;
                };
            };
        };
        responses: {
            /** @description On record */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConsentReceipt"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    withdrawConsent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                consentId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    listOptOuts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OptOutList"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    setOptOut: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                what: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    jurisdiction: string;
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    removeOptOut: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                storeId: string;
                what: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem"];
        };
    };
    getDataFlows: {
        parameters: {
            query?: {
                storeId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataFlows"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
}
