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
    "/v1/incidents/{incidentId}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                incidentId: components["parameters"]["IncidentId"];
            };
            cookie?: never;
        };
        get?: never;
        /** Place a legal hold; nothing of this incident is purged while it stands */
        put: operations["placeHold"];
        post?: never;
        /** Release the legal hold */
        delete: operations["releaseHold"];
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
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit log, newest first */
        get: operations["listAudit"];
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
        PosReceipt: {
            accepted: number;
            duplicates: number;
        };
        /** @enum {string} */
        IncidentState: "new" | "alerting" | "acknowledged" | "in_review" | "closed";
        /** @enum {string} */
        PosVerdict: "PENDING" | "MATCH" | "MISMATCH" | "UNKNOWN" | "NOT_APPLICABLE";
        /** @enum {string} */
        Verdict: "paid" | "staff_error" | "unsure" | "confirmed" | "false_positive" | "help" | "unreviewed";
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
            /** @enum {string} */
            kind: "alert" | "correction" | "help";
            personName: string;
            /** @enum {string} */
            channel: "sms";
            /** @enum {string} */
            state: "intended" | "sent" | "delivered" | "undelivered" | "failed" | "nobody_on_shift";
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
            kind: "detection_received" | "detection_merged" | "till_checked" | "severity_scored" | "text_sent" | "text_delivered" | "text_undelivered" | "nobody_on_shift" | "escalation_exhausted" | "evidence_requested" | "evidence_ready" | "evidence_partial" | "evidence_failed" | "evidence_not_kept" | "acknowledged" | "verdict_given" | "help_requested" | "note_added" | "closed" | "correction_recorded" | "hold_placed" | "hold_released" | "purged" | "review_deadline_passed";
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
        };
        Artifact: {
            id: string;
            /** @enum {string} */
            kind: "segment" | "clip" | "still" | "thumbnail" | "manifest";
            mediaType: string;
            sizeBytes: number;
            sha256: string;
            /** Format: date-time */
            fromAt?: string | null;
            /** Format: date-time */
            toAt?: string | null;
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
            hash: string;
            prevHash: string;
        };
        AuditVerification: {
            ok: boolean;
            rows: number;
            headSeq: number;
            headHash: string;
            witness?: {
                seq: number;
                /** Format: date-time */
                at: string;
                ok: boolean;
            } | null;
            problem: {
                seq: number;
                /** @enum {string} */
                code: "row_altered" | "row_missing" | "link_broken" | "head_mismatch" | "witness_mismatch";
                detail: string;
            } | null;
        };
        VerdictCommand: {
            /** @enum {string} */
            verdict: "paid" | "staff_error" | "unsure" | "confirmed" | "false_positive" | "help";
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
        Unmerged: {
            incidentId: string;
            newIncidentId: string;
        };
        WhatIf: {
            /** @enum {string} */
            verdict: "MATCH" | "MISMATCH" | "UNKNOWN";
            matchedLineId: string | null;
            /** Format: date-time */
            windowFromAt: string;
            /** Format: date-time */
            windowToAt: string;
            reasons: components["schemas"]["Reason"][];
        };
        Hold: {
            incidentId: string;
            held: boolean;
            reason?: string | null;
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
            /** Format: date-time */
            lastSeenAt: string | null;
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
            eventType: "missed_scan" | "wrong_scan" | "fake_scan" | "multi_item_pass" | "occlusion" | "concealment" | "shelf_sweep" | "loitering" | "restricted_zone" | "after_hours_presence" | "group_intrusion" | "violence" | "equipment_tamper";
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
         * PosEvent
         * @description One line of a till, as the till reports it. Idempotent by (storeId, terminalId, transactionId, line).
         */
        "pos-event.schema": {
            storeId: string;
            terminalId: string;
            transactionId: string;
            line: number;
            /** @enum {string} */
            type: "scan" | "void" | "refund" | "override" | "no_sale" | "tender" | "drawer" | "heartbeat";
            /** Format: date-time */
            occurredAt: string;
            plu?: string;
            description?: string;
            quantity?: number;
            /** @description Minor units of the currency, signed. */
            amountMinor?: number;
            currency?: string;
        };
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
    listIncidents: {
        parameters: {
            query?: {
                /** @description One or more states */
                state?: components["schemas"]["IncidentState"][];
                storeId?: string;
                posVerdict?: components["schemas"]["PosVerdict"];
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
                };
            };
        };
        responses: {
            /** @description Held */
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
    releaseHold: {
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
                    "application/json": components["schemas"]["Hold"];
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
    listAudit: {
        parameters: {
            query?: {
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
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        nextCursor: string | null;
                    };
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
}
