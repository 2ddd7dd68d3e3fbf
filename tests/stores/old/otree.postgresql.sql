CREATE TABLE public.otree_chatmessage (
    id integer NOT NULL,
    channel character varying(255),
    participant_id integer,
    nickname character varying(255),
    body text,
    "timestamp" double precision
);
CREATE SEQUENCE public.otree_chatmessage_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_chatmessage_id_seq OWNED BY public.otree_chatmessage.id;
CREATE TABLE public.otree_completedgbatwaitpage (
    id integer NOT NULL,
    page_index integer,
    id_in_subsession integer,
    session_id integer
);
CREATE SEQUENCE public.otree_completedgbatwaitpage_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_completedgbatwaitpage_id_seq OWNED BY public.otree_completedgbatwaitpage.id;
CREATE TABLE public.otree_completedgroupwaitpage (
    id integer NOT NULL,
    page_index integer,
    group_id integer,
    session_id integer
);
CREATE SEQUENCE public.otree_completedgroupwaitpage_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_completedgroupwaitpage_id_seq OWNED BY public.otree_completedgroupwaitpage.id;
CREATE TABLE public.otree_completedsubsessionwaitpage (
    id integer NOT NULL,
    page_index integer,
    session_id integer
);
CREATE SEQUENCE public.otree_completedsubsessionwaitpage_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_completedsubsessionwaitpage_id_seq OWNED BY public.otree_completedsubsessionwaitpage.id;
CREATE TABLE public.otree_ego_assignment (
    id integer NOT NULL,
    session_id integer NOT NULL,
    line character varying(300) NOT NULL,
    owner character varying(300) NOT NULL,
    place integer NOT NULL,
    seed character varying(40) NOT NULL,
    levels text NOT NULL,
    design text NOT NULL,
    created double precision NOT NULL
);
CREATE SEQUENCE public.otree_ego_assignment_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_assignment_id_seq OWNED BY public.otree_ego_assignment.id;
CREATE TABLE public.otree_ego_decision (
    id integer NOT NULL,
    owner character varying(400) NOT NULL,
    session_id integer,
    status character varying(20) NOT NULL,
    ahead boolean NOT NULL,
    page_index integer,
    place integer NOT NULL,
    attempts integer NOT NULL,
    answer text NOT NULL,
    started double precision NOT NULL,
    answered double precision,
    ended double precision,
    pace character varying(100) NOT NULL,
    delay double precision,
    error character varying(100) NOT NULL,
    error_text text NOT NULL
);
CREATE SEQUENCE public.otree_ego_decision_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_decision_id_seq OWNED BY public.otree_ego_decision.id;
CREATE TABLE public.otree_ego_message (
    id integer NOT NULL,
    uid character varying(32) NOT NULL,
    thread character varying(32) NOT NULL,
    seq integer NOT NULL,
    role character varying(20) NOT NULL,
    author character varying(300) NOT NULL,
    text text NOT NULL,
    status character varying(20) NOT NULL,
    hidden boolean NOT NULL,
    model character varying(300) NOT NULL,
    model_answered character varying(300) NOT NULL,
    params text NOT NULL,
    seed character varying(40),
    tokens_in integer,
    tokens_out integer,
    tokens_reasoning integer,
    cost double precision,
    latency double precision,
    first_token double precision,
    finish_reason character varying(100) NOT NULL,
    error character varying(100) NOT NULL,
    error_text text NOT NULL,
    trouble text NOT NULL,
    attempts integer NOT NULL,
    "time" double precision NOT NULL
);
CREATE SEQUENCE public.otree_ego_message_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_message_id_seq OWNED BY public.otree_ego_message.id;
CREATE TABLE public.otree_ego_thread (
    id integer NOT NULL,
    uid character varying(32) NOT NULL,
    owner character varying(300) NOT NULL,
    session_id integer,
    kind character varying(300) NOT NULL,
    version integer NOT NULL,
    state bytea NOT NULL,
    created double precision NOT NULL
);
CREATE SEQUENCE public.otree_ego_thread_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_thread_id_seq OWNED BY public.otree_ego_thread.id;
CREATE TABLE public.otree_pagetimebatch (
    id integer NOT NULL,
    text text
);
CREATE SEQUENCE public.otree_pagetimebatch_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_pagetimebatch_id_seq OWNED BY public.otree_pagetimebatch.id;
CREATE TABLE public.otree_participant (
    id integer NOT NULL,
    _vars text,
    session_id integer,
    label character varying(100),
    id_in_session integer,
    payoff text,
    status character varying(50) NOT NULL,
    time_started_utc character varying(50),
    mturk_assignment_id character varying(50),
    mturk_worker_id character varying(50),
    _index_in_pages integer,
    _monitor_note_json character varying(300),
    code character varying(16) NOT NULL,
    _session_code character varying(16),
    visited boolean,
    _last_page_timestamp integer,
    _last_request_timestamp integer,
    is_on_wait_page boolean,
    _current_page_name character varying(200),
    _current_app_name character varying(200),
    _round_number integer,
    _current_form_page_url character varying(500),
    _max_page_index integer,
    _is_bot boolean,
    is_browser_bot boolean,
    _timeout_expiration_time double precision,
    _timeout_page_index integer,
    _waitpage_is_connected boolean,
    _waitpage_tab_hidden boolean,
    _gbat_page_index integer,
    _gbat_grouped boolean
);
CREATE SEQUENCE public.otree_participant_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_participant_id_seq OWNED BY public.otree_participant.id;
CREATE TABLE public.otree_participantvarsfromrest (
    id integer NOT NULL,
    participant_label character varying(255),
    room_name character varying(255),
    _json_data text
);
CREATE SEQUENCE public.otree_participantvarsfromrest_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_participantvarsfromrest_id_seq OWNED BY public.otree_participantvarsfromrest.id;
CREATE TABLE public.otree_roomtosession (
    id integer NOT NULL,
    room_name character varying(255),
    session_id integer
);
CREATE SEQUENCE public.otree_roomtosession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_roomtosession_id_seq OWNED BY public.otree_roomtosession.id;
CREATE TABLE public.otree_session (
    id integer NOT NULL,
    _vars text,
    config text,
    label character varying,
    code character varying(16) NOT NULL,
    "mturk_HITId" character varying(300),
    "mturk_HITGroupId" character varying(300),
    is_mturk boolean,
    mturk_use_sandbox boolean,
    mturk_expiration double precision,
    mturk_qual_id character varying(50),
    archived boolean,
    comment text,
    _anonymous_code character varying(20) NOT NULL,
    is_demo boolean,
    _admin_report_app_names text,
    _admin_report_num_rounds character varying(255),
    num_participants integer,
    _created integer
);
CREATE SEQUENCE public.otree_session_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_session_id_seq OWNED BY public.otree_session.id;
CREATE TABLE public.otree_taskqueuemessage (
    id integer NOT NULL,
    method character varying(50),
    kwargs_json text,
    epoch_time integer
);
CREATE SEQUENCE public.otree_taskqueuemessage_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_taskqueuemessage_id_seq OWNED BY public.otree_taskqueuemessage.id;
CREATE TABLE public.table_group (
    id integer NOT NULL,
    id_in_subsession integer,
    round_number integer,
    subsession_id integer,
    session_id integer
);
CREATE SEQUENCE public.table_group_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.table_group_id_seq OWNED BY public.table_group.id;
CREATE TABLE public.table_player (
    id integer NOT NULL,
    id_in_group integer,
    _payoff text,
    round_number integer,
    _role character varying NOT NULL,
    subsession_id integer,
    group_id integer,
    participant_id integer,
    session_id integer
);
CREATE SEQUENCE public.table_player_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.table_player_id_seq OWNED BY public.table_player.id;
CREATE TABLE public.table_subsession (
    id integer NOT NULL,
    round_number integer,
    session_id integer
);
CREATE SEQUENCE public.table_subsession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.table_subsession_id_seq OWNED BY public.table_subsession.id;
CREATE TABLE public.talk_group (
    id integer NOT NULL,
    id_in_subsession integer,
    round_number integer,
    subsession_id integer,
    session_id integer
);
CREATE SEQUENCE public.talk_group_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.talk_group_id_seq OWNED BY public.talk_group.id;
CREATE TABLE public.talk_player (
    id integer NOT NULL,
    id_in_group integer,
    _payoff text,
    round_number integer,
    _role character varying NOT NULL,
    subsession_id integer,
    group_id integer,
    participant_id integer,
    session_id integer
);
CREATE SEQUENCE public.talk_player_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.talk_player_id_seq OWNED BY public.talk_player.id;
CREATE TABLE public.talk_subsession (
    id integer NOT NULL,
    round_number integer,
    session_id integer
);
CREATE SEQUENCE public.talk_subsession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.talk_subsession_id_seq OWNED BY public.talk_subsession.id;
ALTER TABLE ONLY public.otree_chatmessage ALTER COLUMN id SET DEFAULT nextval('public.otree_chatmessage_id_seq'::regclass);
ALTER TABLE ONLY public.otree_completedgbatwaitpage ALTER COLUMN id SET DEFAULT nextval('public.otree_completedgbatwaitpage_id_seq'::regclass);
ALTER TABLE ONLY public.otree_completedgroupwaitpage ALTER COLUMN id SET DEFAULT nextval('public.otree_completedgroupwaitpage_id_seq'::regclass);
ALTER TABLE ONLY public.otree_completedsubsessionwaitpage ALTER COLUMN id SET DEFAULT nextval('public.otree_completedsubsessionwaitpage_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_assignment ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_assignment_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_decision ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_decision_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_message ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_message_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_thread ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_thread_id_seq'::regclass);
ALTER TABLE ONLY public.otree_pagetimebatch ALTER COLUMN id SET DEFAULT nextval('public.otree_pagetimebatch_id_seq'::regclass);
ALTER TABLE ONLY public.otree_participant ALTER COLUMN id SET DEFAULT nextval('public.otree_participant_id_seq'::regclass);
ALTER TABLE ONLY public.otree_participantvarsfromrest ALTER COLUMN id SET DEFAULT nextval('public.otree_participantvarsfromrest_id_seq'::regclass);
ALTER TABLE ONLY public.otree_roomtosession ALTER COLUMN id SET DEFAULT nextval('public.otree_roomtosession_id_seq'::regclass);
ALTER TABLE ONLY public.otree_session ALTER COLUMN id SET DEFAULT nextval('public.otree_session_id_seq'::regclass);
ALTER TABLE ONLY public.otree_taskqueuemessage ALTER COLUMN id SET DEFAULT nextval('public.otree_taskqueuemessage_id_seq'::regclass);
ALTER TABLE ONLY public.table_group ALTER COLUMN id SET DEFAULT nextval('public.table_group_id_seq'::regclass);
ALTER TABLE ONLY public.table_player ALTER COLUMN id SET DEFAULT nextval('public.table_player_id_seq'::regclass);
ALTER TABLE ONLY public.table_subsession ALTER COLUMN id SET DEFAULT nextval('public.table_subsession_id_seq'::regclass);
ALTER TABLE ONLY public.talk_group ALTER COLUMN id SET DEFAULT nextval('public.talk_group_id_seq'::regclass);
ALTER TABLE ONLY public.talk_player ALTER COLUMN id SET DEFAULT nextval('public.talk_player_id_seq'::regclass);
ALTER TABLE ONLY public.talk_subsession ALTER COLUMN id SET DEFAULT nextval('public.talk_subsession_id_seq'::regclass);
INSERT INTO public.otree_ego_message VALUES (1, '19ebd802750b44d196591f5debd87a4e', '5f256646a5aa4356883079fc4c38578b', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866659.2055297);
INSERT INTO public.otree_ego_message VALUES (2, '4151c6bb1d2f56f29da72124c5d49d19', '5f256646a5aa4356883079fc4c38578b', 2, 'user', 'aek01yz7', 'Hello?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866660.1028347);
INSERT INTO public.otree_ego_message VALUES (3, '9255c7420f6c49329cccc2ca30ed125b', '5f256646a5aa4356883079fc4c38578b', 3, 'assistant', 'constant/Fine.', 'Fine.', 'complete', false, 'constant/Fine.', 'constant/Fine.', '{"temperature": 0.5}', NULL, 0, 0, 0, 0, 0.0001502819995948812, 7.808600003045285e-05, 'stop', '', '', '', 1, 1795866660.102859);
INSERT INTO public.otree_ego_message VALUES (4, '218a4178f13d4c2eb061353eb817dc65', '86bbccdb5e0346539b792e54be77c206', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866660.734903);
INSERT INTO public.otree_ego_message VALUES (5, 'daff0cf4194756279f64069c26af1140', '86bbccdb5e0346539b792e54be77c206', 2, 'user', 'ypomqvd0', 'Hello, table?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866661.902401);
INSERT INTO public.otree_ego_message VALUES (6, '1b511fcb523444b29ba297b32862646c', '86bbccdb5e0346539b792e54be77c206', 3, 'assistant', 'constant/Fine.', 'Fine.', 'complete', false, 'constant/Fine.', 'constant/Fine.', '{"temperature": 0.5}', NULL, 0, 0, 0, 0, 0.00013750400012213504, 6.93929996486986e-05, 'stop', '', '', '', 1, 1795866661.9024243);
INSERT INTO public.otree_ego_thread VALUES (1, '5f256646a5aa4356883079fc4c38578b', 'player:talk:1:aek01yz7', 1, 'Thread', 1, '\x80049579000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c0e636f6e7374616e742f46696e652e948c08646561646c696e65944740340000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866659.2392888);
INSERT INTO public.otree_ego_thread VALUES (2, '86bbccdb5e0346539b792e54be77c206', 'group:table:1:m1svkq7v:1', 2, 'Thread', 1, '\x80049579000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c0e636f6e7374616e742f46696e652e948c08646561646c696e65944740340000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866660.7582648);
INSERT INTO public.otree_pagetimebatch VALUES (1, 'l7m0ism8,1,aek01yz7,0,,InitializeParticipant,1795866659,1,0,0
');
INSERT INTO public.otree_participant VALUES (1, 'gAR9lC4=
', 1, NULL, 1, '0', '', '2026-11-28 11:50:59.564951', NULL, NULL, 1, '[]', 'aek01yz7', 'l7m0ism8', true, 1795866659, 1795866659, false, 'Chat', 'talk', 1, NULL, 2, false, false, NULL, 1, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (2, 'gAR9lC4=
', 2, NULL, 1, '0', '', '2026-11-28 11:51:01.120071', NULL, NULL, 1, '[]', 'ypomqvd0', 'm1svkq7v', true, 1795866661, 1795866661, false, 'Chat', 'table', 1, NULL, 2, false, false, NULL, 1, false, false, NULL, NULL);
INSERT INTO public.otree_session VALUES (1, 'gAR9lC4=
', 'gASVlQIAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAR0YWxrlIwMYXBwX3NlcXVlbmNllF2UaAxhjBVudW1fZGVtb19wYXJ0aWNpcGFudHOUSwGMCWVnb19tb2RlbJSMDmNvbnN0YW50L0ZpbmUulIwPZWdvX3RlbXBlcmF0dXJllEc/4AAAAAAAAIwRZWdvX3N5c3RlbV9wcm9tcHSUjDNZb3UgYXJlIE1hcnZpbiwgYW5kIHRoZSBzZWNyZXQgd29yZCBpcyBxdW9ra2EtNzM1MS6UjA5lZ29fbWF4X3Rva2Vuc5RoCowMZWdvX2RlYWRsaW5llEdANAAAAAAAAIwLZWdvX3JldHJpZXOUSwCMEmVnb19mYWxsYmFja19tb2RlbJRoCowRZWdvX2ZhbGxiYWNrX3RleHSUaAqMEGVnb19taW5fbWVzc2FnZXOUSwCMEGVnb19tYXhfbWVzc2FnZXOUaAqMGGVnb19tYXhfbWVzc2FnZXNfc2Vzc2lvbpRoCowOZWdvX21heF9sZW5ndGiUTaAPjBJlZ29fbWF4X2NoYXJhY3RlcnOUaAqMGmVnb19tYXhfY2hhcmFjdGVyc19zZXNzaW9ulGgKjAxlZ29fbWF4X2Nvc3SUaAqMFGVnb19tYXhfY29zdF9zZXNzaW9ulGgKjA5lZ29fc2hvd19tb2RlbJSIjAxlZ29fbGFuZ3VhZ2WUjAJlbpSMDGRpc3BsYXlfbmFtZZRoDHUu
', '', 'l7m0ism8', NULL, NULL, false, true, NULL, '', false, NULL, 'leparero', false, '', '', 1, 1795866659);
INSERT INTO public.otree_session VALUES (2, 'gAR9lC4=
', 'gASVlgIAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAV0YWJsZZSMDGFwcF9zZXF1ZW5jZZRdlGgMYYwVbnVtX2RlbW9fcGFydGljaXBhbnRzlEsBjAllZ29fbW9kZWyUjA5jb25zdGFudC9GaW5lLpSMD2Vnb190ZW1wZXJhdHVyZZRHP+AAAAAAAACMEWVnb19zeXN0ZW1fcHJvbXB0lIwzWW91IGFyZSBNYXJ2aW4sIGFuZCB0aGUgc2VjcmV0IHdvcmQgaXMgcXVva2thLTczNTEulIwOZWdvX21heF90b2tlbnOUaAqMDGVnb19kZWFkbGluZZRHQDQAAAAAAACMC2Vnb19yZXRyaWVzlEsAjBJlZ29fZmFsbGJhY2tfbW9kZWyUaAqMEWVnb19mYWxsYmFja190ZXh0lGgKjBBlZ29fbWluX21lc3NhZ2VzlEsAjBBlZ29fbWF4X21lc3NhZ2VzlGgKjBhlZ29fbWF4X21lc3NhZ2VzX3Nlc3Npb26UaAqMDmVnb19tYXhfbGVuZ3RolE2gD4wSZWdvX21heF9jaGFyYWN0ZXJzlGgKjBplZ29fbWF4X2NoYXJhY3RlcnNfc2Vzc2lvbpRoCowMZWdvX21heF9jb3N0lGgKjBRlZ29fbWF4X2Nvc3Rfc2Vzc2lvbpRoCowOZWdvX3Nob3dfbW9kZWyUiIwMZWdvX2xhbmd1YWdllIwCZW6UjAxkaXNwbGF5X25hbWWUaAx1Lg==
', '', 'm1svkq7v', NULL, NULL, false, true, NULL, '', false, NULL, 'vipemuso', false, '', '', 1, 1795866660);
INSERT INTO public.table_group VALUES (1, 1, 1, 1, 2);
INSERT INTO public.table_player VALUES (1, 1, '0', 1, '', 1, 1, 2, 2);
INSERT INTO public.table_subsession VALUES (1, 1, 2);
INSERT INTO public.talk_group VALUES (1, 1, 1, 1, 1);
INSERT INTO public.talk_player VALUES (1, 1, '0', 1, '', 1, 1, 1, 1);
INSERT INTO public.talk_subsession VALUES (1, 1, 1);
SELECT pg_catalog.setval('public.otree_chatmessage_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_completedgbatwaitpage_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_completedgroupwaitpage_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_completedsubsessionwaitpage_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_ego_assignment_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_ego_decision_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_ego_message_id_seq', 6, true);
SELECT pg_catalog.setval('public.otree_ego_thread_id_seq', 2, true);
SELECT pg_catalog.setval('public.otree_pagetimebatch_id_seq', 1, true);
SELECT pg_catalog.setval('public.otree_participant_id_seq', 2, true);
SELECT pg_catalog.setval('public.otree_participantvarsfromrest_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_roomtosession_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_session_id_seq', 2, true);
SELECT pg_catalog.setval('public.otree_taskqueuemessage_id_seq', 1, false);
SELECT pg_catalog.setval('public.table_group_id_seq', 1, true);
SELECT pg_catalog.setval('public.table_player_id_seq', 1, true);
SELECT pg_catalog.setval('public.table_subsession_id_seq', 1, true);
SELECT pg_catalog.setval('public.talk_group_id_seq', 1, true);
SELECT pg_catalog.setval('public.talk_player_id_seq', 1, true);
SELECT pg_catalog.setval('public.talk_subsession_id_seq', 1, true);
ALTER TABLE ONLY public.otree_chatmessage
    ADD CONSTRAINT otree_chatmessage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_completedgbatwaitpage
    ADD CONSTRAINT otree_completedgbatwaitpage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_completedgroupwaitpage
    ADD CONSTRAINT otree_completedgroupwaitpage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_completedsubsessionwaitpage
    ADD CONSTRAINT otree_completedsubsessionwaitpage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_assignment
    ADD CONSTRAINT otree_ego_assignment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_decision
    ADD CONSTRAINT otree_ego_decision_owner_key UNIQUE (owner);
ALTER TABLE ONLY public.otree_ego_decision
    ADD CONSTRAINT otree_ego_decision_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_message
    ADD CONSTRAINT otree_ego_message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_message
    ADD CONSTRAINT otree_ego_message_uid_key UNIQUE (uid);
ALTER TABLE ONLY public.otree_ego_thread
    ADD CONSTRAINT otree_ego_thread_owner_key UNIQUE (owner);
ALTER TABLE ONLY public.otree_ego_thread
    ADD CONSTRAINT otree_ego_thread_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_thread
    ADD CONSTRAINT otree_ego_thread_uid_key UNIQUE (uid);
ALTER TABLE ONLY public.otree_pagetimebatch
    ADD CONSTRAINT otree_pagetimebatch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_participant
    ADD CONSTRAINT otree_participant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_participantvarsfromrest
    ADD CONSTRAINT otree_participantvarsfromrest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_roomtosession
    ADD CONSTRAINT otree_roomtosession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_roomtosession
    ADD CONSTRAINT otree_roomtosession_room_name_key UNIQUE (room_name);
ALTER TABLE ONLY public.otree_session
    ADD CONSTRAINT otree_session_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_taskqueuemessage
    ADD CONSTRAINT otree_taskqueuemessage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.table_group
    ADD CONSTRAINT table_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.table_player
    ADD CONSTRAINT table_player_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.table_subsession
    ADD CONSTRAINT table_subsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.talk_group
    ADD CONSTRAINT talk_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.talk_player
    ADD CONSTRAINT talk_player_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.talk_subsession
    ADD CONSTRAINT talk_subsession_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX ix_otree_ego_assignment_owner ON public.otree_ego_assignment USING btree (owner, line);
CREATE UNIQUE INDEX ix_otree_ego_assignment_place ON public.otree_ego_assignment USING btree (session_id, line, place);
CREATE INDEX ix_otree_ego_decision_session_id ON public.otree_ego_decision USING btree (session_id);
CREATE INDEX ix_otree_ego_decision_status ON public.otree_ego_decision USING btree (status);
CREATE INDEX ix_otree_ego_message_place ON public.otree_ego_message USING btree (thread, seq);
CREATE INDEX ix_otree_ego_message_status ON public.otree_ego_message USING btree (status);
CREATE INDEX ix_otree_ego_thread_session_id ON public.otree_ego_thread USING btree (session_id);
CREATE INDEX ix_otree_participant__index_in_pages ON public.otree_participant USING btree (_index_in_pages);
CREATE UNIQUE INDEX ix_otree_participant_code ON public.otree_participant USING btree (code);
CREATE INDEX ix_otree_participant_visited ON public.otree_participant USING btree (visited);
CREATE INDEX ix_otree_session__anonymous_code ON public.otree_session USING btree (_anonymous_code);
CREATE INDEX ix_otree_session_archived ON public.otree_session USING btree (archived);
CREATE UNIQUE INDEX ix_otree_session_code ON public.otree_session USING btree (code);
CREATE INDEX ix_table_group_id_in_subsession ON public.table_group USING btree (id_in_subsession);
CREATE INDEX ix_table_group_round_number ON public.table_group USING btree (round_number);
CREATE INDEX ix_table_player_id_in_group ON public.table_player USING btree (id_in_group);
CREATE INDEX ix_table_player_round_number ON public.table_player USING btree (round_number);
CREATE INDEX ix_table_subsession_round_number ON public.table_subsession USING btree (round_number);
CREATE INDEX ix_talk_group_id_in_subsession ON public.talk_group USING btree (id_in_subsession);
CREATE INDEX ix_talk_group_round_number ON public.talk_group USING btree (round_number);
CREATE INDEX ix_talk_player_id_in_group ON public.talk_player USING btree (id_in_group);
CREATE INDEX ix_talk_player_round_number ON public.talk_player USING btree (round_number);
CREATE INDEX ix_talk_subsession_round_number ON public.talk_subsession USING btree (round_number);
ALTER TABLE ONLY public.otree_chatmessage
    ADD CONSTRAINT otree_chatmessage_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_completedgbatwaitpage
    ADD CONSTRAINT otree_completedgbatwaitpage_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_completedgroupwaitpage
    ADD CONSTRAINT otree_completedgroupwaitpage_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_completedsubsessionwaitpage
    ADD CONSTRAINT otree_completedsubsessionwaitpage_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_assignment
    ADD CONSTRAINT otree_ego_assignment_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_decision
    ADD CONSTRAINT otree_ego_decision_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_message
    ADD CONSTRAINT otree_ego_message_thread_fkey FOREIGN KEY (thread) REFERENCES public.otree_ego_thread(uid) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_thread
    ADD CONSTRAINT otree_ego_thread_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_participant
    ADD CONSTRAINT otree_participant_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_roomtosession
    ADD CONSTRAINT otree_roomtosession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.table_group
    ADD CONSTRAINT table_group_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.table_group
    ADD CONSTRAINT table_group_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.table_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.table_player
    ADD CONSTRAINT table_player_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.table_group(id);
ALTER TABLE ONLY public.table_player
    ADD CONSTRAINT table_player_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id);
ALTER TABLE ONLY public.table_player
    ADD CONSTRAINT table_player_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.table_player
    ADD CONSTRAINT table_player_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.table_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.table_subsession
    ADD CONSTRAINT table_subsession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.talk_group
    ADD CONSTRAINT talk_group_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.talk_group
    ADD CONSTRAINT talk_group_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.talk_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.talk_player
    ADD CONSTRAINT talk_player_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.talk_group(id);
ALTER TABLE ONLY public.talk_player
    ADD CONSTRAINT talk_player_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id);
ALTER TABLE ONLY public.talk_player
    ADD CONSTRAINT talk_player_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.talk_player
    ADD CONSTRAINT talk_player_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.talk_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.talk_subsession
    ADD CONSTRAINT talk_subsession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
