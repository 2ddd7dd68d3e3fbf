SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.decide_group (
    id integer NOT NULL,
    id_in_subsession integer,
    round_number integer,
    subsession_id integer,
    session_id integer
);
CREATE SEQUENCE public.decide_group_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.decide_group_id_seq OWNED BY public.decide_group.id;
CREATE TABLE public.decide_player (
    id integer NOT NULL,
    id_in_group integer,
    _payoff text,
    round_number integer,
    _role character varying NOT NULL,
    answer integer,
    note text,
    subsession_id integer,
    group_id integer,
    participant_id integer,
    session_id integer
);
CREATE SEQUENCE public.decide_player_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.decide_player_id_seq OWNED BY public.decide_player.id;
CREATE TABLE public.decide_subsession (
    id integer NOT NULL,
    round_number integer,
    session_id integer
);
CREATE SEQUENCE public.decide_subsession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.decide_subsession_id_seq OWNED BY public.decide_subsession.id;
CREATE TABLE public.ego_chat_group (
    id integer NOT NULL,
    id_in_subsession integer,
    round_number integer,
    subsession_id integer,
    session_id integer
);
CREATE SEQUENCE public.ego_chat_group_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ego_chat_group_id_seq OWNED BY public.ego_chat_group.id;
CREATE TABLE public.ego_chat_player (
    id integer NOT NULL,
    id_in_group integer,
    _payoff text,
    round_number integer,
    _role character varying NOT NULL,
    nickname character varying(40),
    subsession_id integer,
    group_id integer,
    participant_id integer,
    session_id integer
);
CREATE SEQUENCE public.ego_chat_player_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ego_chat_player_id_seq OWNED BY public.ego_chat_player.id;
CREATE TABLE public.ego_chat_subsession (
    id integer NOT NULL,
    round_number integer,
    session_id integer
);
CREATE SEQUENCE public.ego_chat_subsession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ego_chat_subsession_id_seq OWNED BY public.ego_chat_subsession.id;
CREATE TABLE public.group_chat_group (
    id integer NOT NULL,
    id_in_subsession integer,
    round_number integer,
    speaks character varying(10000),
    subsession_id integer,
    session_id integer
);
CREATE SEQUENCE public.group_chat_group_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.group_chat_group_id_seq OWNED BY public.group_chat_group.id;
CREATE TABLE public.group_chat_player (
    id integer NOT NULL,
    id_in_group integer,
    _payoff text,
    round_number integer,
    _role character varying NOT NULL,
    nickname character varying(20),
    came double precision,
    liked integer,
    comment text,
    subsession_id integer,
    group_id integer,
    participant_id integer,
    session_id integer
);
CREATE SEQUENCE public.group_chat_player_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.group_chat_player_id_seq OWNED BY public.group_chat_player.id;
CREATE TABLE public.group_chat_subsession (
    id integer NOT NULL,
    round_number integer,
    session_id integer
);
CREATE SEQUENCE public.group_chat_subsession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.group_chat_subsession_id_seq OWNED BY public.group_chat_subsession.id;
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
CREATE TABLE public.study_group (
    id integer NOT NULL,
    id_in_subsession integer,
    round_number integer,
    stake integer,
    subsession_id integer,
    session_id integer
);
CREATE SEQUENCE public.study_group_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_group_id_seq OWNED BY public.study_group.id;
CREATE TABLE public.study_player (
    id integer NOT NULL,
    id_in_group integer,
    _payoff text,
    round_number integer,
    _role character varying NOT NULL,
    frame character varying(10000),
    bonus integer,
    subsession_id integer,
    group_id integer,
    participant_id integer,
    session_id integer
);
CREATE SEQUENCE public.study_player_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_player_id_seq OWNED BY public.study_player.id;
CREATE TABLE public.study_subsession (
    id integer NOT NULL,
    round_number integer,
    session_id integer
);
CREATE SEQUENCE public.study_subsession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_subsession_id_seq OWNED BY public.study_subsession.id;
CREATE TABLE public.ultimatum_group (
    id integer NOT NULL,
    id_in_subsession integer,
    round_number integer,
    frame character varying(10000),
    method character varying(10000),
    model character varying(10000),
    proposal integer,
    "limit" integer,
    offer text,
    min_offer text,
    accepted boolean,
    proposal_by character varying(10000),
    response_by character varying(10000),
    proposer_points text,
    responder_points text,
    subsession_id integer,
    session_id integer
);
CREATE SEQUENCE public.ultimatum_group_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ultimatum_group_id_seq OWNED BY public.ultimatum_group.id;
CREATE TABLE public.ultimatum_player (
    id integer NOT NULL,
    id_in_group integer,
    _payoff text,
    round_number integer,
    _role character varying NOT NULL,
    seat character varying(10000),
    dropout boolean,
    check1 character varying(10000),
    check2 character varying(10000),
    check3 character varying(10000),
    check_errors integer,
    advice_wanted boolean,
    advice text,
    subsession_id integer,
    group_id integer,
    participant_id integer,
    session_id integer
);
CREATE SEQUENCE public.ultimatum_player_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ultimatum_player_id_seq OWNED BY public.ultimatum_player.id;
CREATE TABLE public.ultimatum_subsession (
    id integer NOT NULL,
    round_number integer,
    partner character varying(10000),
    endowment text,
    session_id integer
);
CREATE SEQUENCE public.ultimatum_subsession_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.ultimatum_subsession_id_seq OWNED BY public.ultimatum_subsession.id;
ALTER TABLE ONLY public.decide_group ALTER COLUMN id SET DEFAULT nextval('public.decide_group_id_seq'::regclass);
ALTER TABLE ONLY public.decide_player ALTER COLUMN id SET DEFAULT nextval('public.decide_player_id_seq'::regclass);
ALTER TABLE ONLY public.decide_subsession ALTER COLUMN id SET DEFAULT nextval('public.decide_subsession_id_seq'::regclass);
ALTER TABLE ONLY public.ego_chat_group ALTER COLUMN id SET DEFAULT nextval('public.ego_chat_group_id_seq'::regclass);
ALTER TABLE ONLY public.ego_chat_player ALTER COLUMN id SET DEFAULT nextval('public.ego_chat_player_id_seq'::regclass);
ALTER TABLE ONLY public.ego_chat_subsession ALTER COLUMN id SET DEFAULT nextval('public.ego_chat_subsession_id_seq'::regclass);
ALTER TABLE ONLY public.group_chat_group ALTER COLUMN id SET DEFAULT nextval('public.group_chat_group_id_seq'::regclass);
ALTER TABLE ONLY public.group_chat_player ALTER COLUMN id SET DEFAULT nextval('public.group_chat_player_id_seq'::regclass);
ALTER TABLE ONLY public.group_chat_subsession ALTER COLUMN id SET DEFAULT nextval('public.group_chat_subsession_id_seq'::regclass);
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
ALTER TABLE ONLY public.study_group ALTER COLUMN id SET DEFAULT nextval('public.study_group_id_seq'::regclass);
ALTER TABLE ONLY public.study_player ALTER COLUMN id SET DEFAULT nextval('public.study_player_id_seq'::regclass);
ALTER TABLE ONLY public.study_subsession ALTER COLUMN id SET DEFAULT nextval('public.study_subsession_id_seq'::regclass);
ALTER TABLE ONLY public.ultimatum_group ALTER COLUMN id SET DEFAULT nextval('public.ultimatum_group_id_seq'::regclass);
ALTER TABLE ONLY public.ultimatum_player ALTER COLUMN id SET DEFAULT nextval('public.ultimatum_player_id_seq'::regclass);
ALTER TABLE ONLY public.ultimatum_subsession ALTER COLUMN id SET DEFAULT nextval('public.ultimatum_subsession_id_seq'::regclass);
INSERT INTO public.decide_group VALUES (1, 1, 1, 1, 4);
INSERT INTO public.decide_player VALUES (3, 3, '0', 1, '', NULL, NULL, 1, 1, 18, 4);
INSERT INTO public.decide_player VALUES (4, 4, '0', 1, '', NULL, NULL, 1, 1, 19, 4);
INSERT INTO public.decide_player VALUES (5, 5, '0', 1, '', NULL, NULL, 1, 1, 20, 4);
INSERT INTO public.decide_player VALUES (6, 6, '0', 1, '', NULL, NULL, 1, 1, 21, 4);
INSERT INTO public.decide_player VALUES (7, 7, '0', 1, '', NULL, NULL, 1, 1, 22, 4);
INSERT INTO public.decide_player VALUES (1, 1, '84', 1, '', 42, 'said 42', 1, 1, 16, 4);
INSERT INTO public.decide_player VALUES (2, 2, '14', 1, '', 7, 'instead of Overloaded', 1, 1, 17, 4);
INSERT INTO public.decide_subsession VALUES (1, 1, 4);
INSERT INTO public.ego_chat_group VALUES (1, 1, 1, 1, 1);
INSERT INTO public.ego_chat_player VALUES (6, 6, '0', 1, '', NULL, 1, 1, 6, 1);
INSERT INTO public.ego_chat_player VALUES (1, 1, '0', 1, '', 'Ann', 1, 1, 1, 1);
INSERT INTO public.ego_chat_player VALUES (2, 2, '0', 1, '', 'Bob', 1, 1, 2, 1);
INSERT INTO public.ego_chat_player VALUES (3, 3, '0', 1, '', 'Cem', 1, 1, 3, 1);
INSERT INTO public.ego_chat_player VALUES (4, 4, '0', 1, '', 'Dea', 1, 1, 4, 1);
INSERT INTO public.ego_chat_player VALUES (5, 5, '0', 1, '', 'Eva', 1, 1, 5, 1);
INSERT INTO public.ego_chat_player VALUES (7, 7, '0', 1, '', 'Gus', 1, 1, 7, 1);
INSERT INTO public.ego_chat_subsession VALUES (1, 1, 1);
INSERT INTO public.group_chat_group VALUES (1, 1, 1, NULL, 1, 2);
INSERT INTO public.group_chat_group VALUES (2, 2, 1, 'always', 1, 2);
INSERT INTO public.group_chat_player VALUES (3, 3, '0', 1, '', NULL, NULL, NULL, NULL, 1, 1, 10, 2);
INSERT INTO public.group_chat_player VALUES (4, 4, '0', 1, '', NULL, NULL, NULL, NULL, 1, 1, 11, 2);
INSERT INTO public.group_chat_player VALUES (1, 1, '0', 1, '', 'Kim', 1795864354.0313635, NULL, NULL, 1, 2, 8, 2);
INSERT INTO public.group_chat_player VALUES (2, 2, '0', 1, '', 'Lou', 1795864354.079026, NULL, NULL, 1, 2, 9, 2);
INSERT INTO public.group_chat_subsession VALUES (1, 1, 2);
INSERT INTO public.otree_completedgbatwaitpage VALUES (1, 1, 2, 2);
INSERT INTO public.otree_completedgroupwaitpage VALUES (1, 2, -1, 4);
INSERT INTO public.otree_completedgroupwaitpage VALUES (2, 2, -2, 4);
INSERT INTO public.otree_ego_assignment VALUES (1, 2, 'group::speaks', 'group:group_chat:1:9oqp2rbp:2', 1, '856901031', '{"speaks": "always"}', '{"speaks": [["always", 1]]}', 1795864354.1003804);
INSERT INTO public.otree_ego_assignment VALUES (2, 3, 'participant:ultimatum:frame,method,model,seat', 'participant:u5x1mxal', 1, '725491659', '{"frame": "give", "method": "direct", "model": "gpt-4o", "seat": "responder"}', '{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}', 1795864354.6399639);
INSERT INTO public.otree_ego_assignment VALUES (3, 3, 'participant:ultimatum:frame,method,model,seat', 'participant:y7d8449f', 2, '725491659', '{"frame": "split", "method": "direct", "model": "gpt-4o-mini", "seat": "responder"}', '{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}', 1795864354.6399639);
INSERT INTO public.otree_ego_assignment VALUES (4, 3, 'participant:ultimatum:frame,method,model,seat', 'participant:1f54yvig', 3, '725491659', '{"frame": "split", "method": "direct", "model": "gpt-4o", "seat": "responder"}', '{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}', 1795864354.6399639);
INSERT INTO public.otree_ego_assignment VALUES (5, 3, 'participant:ultimatum:frame,method,model,seat', 'participant:px6n41q3', 4, '725491659', '{"frame": "give", "method": "direct", "model": "gpt-4o-mini", "seat": "responder"}', '{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}', 1795864354.6399639);
INSERT INTO public.otree_ego_assignment VALUES (6, 5, 'participant::bonus,frame', 'participant:rtiorllo', 1, '11', '{"bonus": 10, "frame": "give"}', '{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}', 1795864356.38307);
INSERT INTO public.otree_ego_assignment VALUES (7, 5, 'participant::bonus,frame', 'participant:r45n59j5', 2, '11', '{"bonus": 5, "frame": "take"}', '{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}', 1795864356.38307);
INSERT INTO public.otree_ego_assignment VALUES (8, 5, 'participant::bonus,frame', 'participant:xrj9wyio', 3, '11', '{"bonus": 5, "frame": "give"}', '{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}', 1795864356.38307);
INSERT INTO public.otree_ego_assignment VALUES (9, 5, 'participant::bonus,frame', 'participant:hs6ty2ip', 4, '11', '{"bonus": 10, "frame": "take"}', '{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}', 1795864356.38307);
INSERT INTO public.otree_ego_assignment VALUES (10, 5, 'group:stakes:stake', 'group:study:1:rqbpkm0f:1', 1, '1895388256', '{"stake": 100}', '{"stake": [[1, 1], [100, 1]]}', 1795864356.3867328);
INSERT INTO public.otree_ego_assignment VALUES (11, 5, 'group:stakes:stake', 'group:study:1:rqbpkm0f:2', 2, '1895388256', '{"stake": 1}', '{"stake": [[1, 1], [100, 1]]}', 1795864356.3867328);
INSERT INTO public.otree_ego_assignment VALUES (12, 5, 'participant:arrival:order,persona', 'participant:rtiorllo', 1, '3', '{"order": "b", "persona": "strict"}', '{"order": [["a", 1], ["b", 1]], "persona": [["kind", 2], ["strict", 1]]}', 1795864356.4675937);
INSERT INTO public.otree_ego_assignment VALUES (13, 5, 'participant:arrival:order,persona', 'participant:xrj9wyio', 2, '3', '{"order": "a", "persona": "strict"}', '{"order": [["a", 1], ["b", 1]], "persona": [["kind", 2], ["strict", 1]]}', 1795864356.499559);
INSERT INTO public.otree_ego_assignment VALUES (14, 5, 'participant:arrival:order,persona', 'participant:hs6ty2ip', 3, '3', '{"order": "b", "persona": "kind"}', '{"order": [["a", 1], ["b", 1]], "persona": [["kind", 2], ["strict", 1]]}', 1795864356.5256207);
INSERT INTO public.otree_ego_decision VALUES (1, 'group:ultimatum:1:dpjp9s70:1/AIProposes', 3, 'stored', true, NULL, 1, 1, '{"proposal": 40, "offer": "40", "proposal_by": "model"}', 1795860754.7080305, 1795860754.8803267, 1795860754.88065, '', 0, '', '');
INSERT INTO public.otree_ego_decision VALUES (2, 'group:ultimatum:1:dpjp9s70:11/AIProposes', 3, 'stored', true, NULL, 11, 1, '{"proposal": 40, "offer": "40", "proposal_by": "model"}', 1795860754.984908, 1795860755.061554, 1795860755.0619264, '', 0, '', '');
INSERT INTO public.otree_ego_decision VALUES (3, 'group:ultimatum:2:dpjp9s70:2/AIProposes', 3, 'stored', true, NULL, 2, 1, '{"proposal": 40, "offer": "40", "proposal_by": "model"}', 1795860755.1633909, 1795860755.2650747, 1795860755.2654176, '', 0, '', '');
INSERT INTO public.otree_ego_decision VALUES (4, 'player:decide:1:lfki98oc/Partner', 4, 'stored', false, 2, -1, 1, '{"answer": 42, "note": "said 42"}', 1795860755.622839, 1795860755.6744921, 1795860755.6747875, '', 0, '', '');
INSERT INTO public.otree_ego_decision VALUES (5, 'player:decide:1:rt9ccvhd/Partner', 4, 'fallback', false, 2, -2, 1, '{"answer": 7, "note": "instead of Overloaded"}', 1795860755.8852136, 1795860755.9308326, 1795860755.9311547, '', 0, 'Overloaded', 'openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.');
INSERT INTO public.otree_ego_decision VALUES (6, 'player:decide:1:1bkm44je/Partner', 4, 'failed', false, 2, -3, 1, '', 1795860756.1734073, NULL, 1795860756.2041574, '', NULL, 'Overloaded', 'openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.');
INSERT INTO public.otree_ego_decision VALUES (7, 'player:decide:1:stbp9p0g/Partner', 4, 'answered', false, 2, -5, 1, '{"answer": 42, "note": "said 42"}', 1795860756.274753, 1795860756.3104916, NULL, '600-601', 600.51649575961, '', '');
INSERT INTO public.otree_ego_decision VALUES (8, 'group:ultimatum:1:dpjp9s70:12/AIProposes', 3, 'pending', true, NULL, 12, 1, '', 1795860756.7720194, NULL, NULL, '', NULL, '', '');
INSERT INTO public.otree_ego_decision VALUES (9, 'player:decide:1:m1bzhk1x/Partner', 4, 'pending', false, 2, -4, 1, '', 1795860756.82789, NULL, NULL, '', NULL, '', '');
INSERT INTO public.otree_ego_message VALUES (1, 'b469dba509d0440c81b13b5300eedd90', 'f21397e982374d28bb85b6979ea071b2', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.725065);
INSERT INTO public.otree_ego_message VALUES (2, 'bf76d4a52f5c456f953c692e062a4635', '687180327a8e45e49665ffd74d59f0a4', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.73038);
INSERT INTO public.otree_ego_message VALUES (3, '0cc927b605744eb598a1a4915e03eeaa', '6002f30719a4444b8291ac1886a73a59', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.731251);
INSERT INTO public.otree_ego_message VALUES (4, '59ca5ebe13804e218accd57a00c3a7da', 'd3df4bd69ce34d3ba71d1c12df3bd284', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.7317624);
INSERT INTO public.otree_ego_message VALUES (5, 'd5658dba31af4b3fb326f1fa8446b046', 'fc42ba7716914423ad08a561ae0f2f40', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.7318032);
INSERT INTO public.otree_ego_message VALUES (6, '82fd90b1f2d94b99b8ef22914bec88f8', 'd755f14431cd471687ca23c0d518ad70', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.7318337);
INSERT INTO public.otree_ego_message VALUES (7, 'c179231709b140d3be60165c2d4bb296', '5e9960e941e1409384c6e18ba053f86c', 1, 'system', '', 'You are Marvin, and the secret word is quokka-7351.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.7318633);
INSERT INTO public.otree_ego_message VALUES (8, '05d2d8c423974b1f9df69e11ee94f283', 'f21397e982374d28bb85b6979ea071b2', 2, 'user', '', 'My name is Ann.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864352.9069698);
INSERT INTO public.otree_ego_message VALUES (9, '8fa1cdc6881449aaae4a24c6cb49ea46', '687180327a8e45e49665ffd74d59f0a4', 2, 'user', '', 'My name is Bob.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.021001);
INSERT INTO public.otree_ego_message VALUES (10, '0dfe4e52e759495d99106ecb4e1399e2', '6002f30719a4444b8291ac1886a73a59', 2, 'user', '', 'My name is Cem.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.233172);
INSERT INTO public.otree_ego_message VALUES (11, '18c88c5afd4147d29fc24cdd4293cc9e', 'd3df4bd69ce34d3ba71d1c12df3bd284', 2, 'user', '', 'My name is Dea.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.390569);
INSERT INTO public.otree_ego_message VALUES (12, 'bc6632c17c0b4c369206321a47541f65', 'fc42ba7716914423ad08a561ae0f2f40', 2, 'user', '', 'My name is Eva.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.489767);
INSERT INTO public.otree_ego_message VALUES (13, '1999858403cc44db95f1d65498a66fc7', '5e9960e941e1409384c6e18ba053f86c', 2, 'user', '', 'My name is Gus.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.5741181);
INSERT INTO public.otree_ego_message VALUES (14, 'c9f233e8ac23599b94e4f7003b6f097d', 'f21397e982374d28bb85b6979ea071b2', 3, 'user', '8nt7kr4s', 'Hello, ünïcode ✓', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.6344707);
INSERT INTO public.otree_ego_message VALUES (15, '99006f3249384114892205cd5ffc6c8f', 'f21397e982374d28bb85b6979ea071b2', 4, 'assistant', 'gpt-4o', 'You have said: Hello, ünïcode ✓', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.5}', NULL, 16, 6, 0, 0.0001, 0.05863046700005725, 0.042250879000221175, 'stop', '', '', '', 1, 1795864353.634493);
INSERT INTO public.otree_ego_message VALUES (16, '5a41924b0bbc51e699665837ff2a867f', 'f21397e982374d28bb85b6979ea071b2', 5, 'user', '8nt7kr4s', '{{ api_key }}
*Two* lines', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.7026346);
INSERT INTO public.otree_ego_message VALUES (17, '6d857c0d9b974060860e9a69d7b386c7', 'f21397e982374d28bb85b6979ea071b2', 6, 'assistant', 'gpt-4o', 'You have said: {{ api_key }}
*Two* lines', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.5}', NULL, 27, 8, 0, 0.0001475, 0.0061084610001671535, 0.005207005000102072, 'stop', '', '', '', 1, 1795864353.7026715);
INSERT INTO public.otree_ego_message VALUES (18, '22f21b3d37275c2eb0e24ef7b56a842a', 'f21397e982374d28bb85b6979ea071b2', 7, 'user', '8nt7kr4s', 'And a third', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.7157302);
INSERT INTO public.otree_ego_message VALUES (19, 'd0a3134d914a44a5bf5d3e01da73bd05', 'f21397e982374d28bb85b6979ea071b2', 8, 'assistant', 'gpt-4o', 'You have said: And a third', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.5}', NULL, 38, 6, 0, 0.000155, 0.004081275999851641, 0.003079361999880348, 'stop', '', '', '', 1, 1795864353.71575);
INSERT INTO public.otree_ego_message VALUES (20, '6978d46bfea155278373e9234e0720b3', '687180327a8e45e49665ffd74d59f0a4', 3, 'user', 'qw5wwn5c', 'This one is cut', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.7397006);
INSERT INTO public.otree_ego_message VALUES (21, '6b4f9f75183345c4b3580667a90ceb8f', '687180327a8e45e49665ffd74d59f0a4', 4, 'assistant', 'gpt-4o', 'You have said: ', 'partial', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.5}', NULL, 17, 3, 0, 7.25e-05, 0.003300418999970134, 0.0024665850000928913, 'length', '', '', '', 1, 1795864353.739722);
INSERT INTO public.otree_ego_message VALUES (22, 'e98fba0f2b4251799d59f4d29ae41cc2', '687180327a8e45e49665ffd74d59f0a4', 5, 'user', 'qw5wwn5c', 'This one is stopped', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.7490728);
INSERT INTO public.otree_ego_message VALUES (23, '225b9cc1b9d248fc96ac533e5997377f', '687180327a8e45e49665ffd74d59f0a4', 6, 'assistant', 'gpt-4o', 'You have said: ', 'partial', false, 'gpt-4o', '', '{"temperature": 0.5}', NULL, NULL, NULL, NULL, NULL, 0.05822062000015649, NULL, 'stopped', '', '', '', 1, 1795864353.7490935);
INSERT INTO public.otree_ego_message VALUES (24, '274b3b7649a9512aaa2ad311dd35e28c', '6002f30719a4444b8291ac1886a73a59', 3, 'user', 'f7biw72s', 'This one is answered', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.834138);
INSERT INTO public.otree_ego_message VALUES (25, '797f231c5ff84724a44935c680d041fd', '6002f30719a4444b8291ac1886a73a59', 4, 'assistant', 'gpt-4o', 'You have said: This one is answered', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.5}', NULL, 17, 7, 0, 0.0001125, 0.007990357000380754, 0.007297071999801119, 'stop', '', '', '', 1, 1795864353.8341582);
INSERT INTO public.otree_ego_message VALUES (26, '6ecda7c809a953f29eeed1895f41dfd3', '6002f30719a4444b8291ac1886a73a59', 5, 'user', 'f7biw72s', 'This one fails', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.853966);
INSERT INTO public.otree_ego_message VALUES (27, '4bd3f91c115649ffb7b0f33efd3c6ca9', '6002f30719a4444b8291ac1886a73a59', 6, 'assistant', 'gpt-4o', '', 'failed', false, 'gpt-4o', '', '{"temperature": 0.5}', NULL, NULL, NULL, NULL, NULL, 0.003929000999960408, NULL, 'error', 'Overloaded', 'openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.', '[{"model": "gpt-4o", "error": "Overloaded", "text": "openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.", "after": 0.004}]', 1, 1795864353.8539832);
INSERT INTO public.otree_ego_message VALUES (28, '6e7318008913552f9612c02b641ecc10', 'd3df4bd69ce34d3ba71d1c12df3bd284', 3, 'user', '07wag17r', 'Before', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.8824756);
INSERT INTO public.otree_ego_message VALUES (29, '6b9af05d84d04dafb7bff646960d88d6', 'd3df4bd69ce34d3ba71d1c12df3bd284', 4, 'assistant', 'gpt-4o', 'You have said: Before', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.5}', NULL, 14, 4, 0, 7.5e-05, 0.0028871879999314842, 0.0022016820003045723, 'stop', '', '', '', 1, 1795864353.8824923);
INSERT INTO public.otree_ego_message VALUES (30, '452135004aed567895f5bad680ae5591', '5e9960e941e1409384c6e18ba053f86c', 3, 'user', '86fsmjv0', 'Goodbye', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864353.9129617);
INSERT INTO public.otree_ego_message VALUES (31, 'd479313e14754b6cb9b955afa0e9f88f', '5e9960e941e1409384c6e18ba053f86c', 4, 'assistant', 'gpt-4o', 'You have said: Goodbye', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.5}', NULL, 14, 4, 0, 7.5e-05, 0.0026567059999251796, 0.0022585259998777474, 'stop', '', '', '', 1, 1795864353.9130187);
INSERT INTO public.otree_ego_message VALUES (32, '9a25ad7f297d5ef791c42a1403d482b7', '5e881855a80e4a43bf20d278015f2584', 1, 'user', 'jd3ghcfm', 'Hello all', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864354.375622);
INSERT INTO public.otree_ego_message VALUES (33, '81a0c49bb766447badcebd04bcb71a91', '5e881855a80e4a43bf20d278015f2584', 2, 'assistant', 'Ada', 'Ada: I have read 2 messages.', 'complete', false, 'gpt-4o', 'gpt-4o', '{"speaks": "always", "pace": 0.0, "heard": 1}', NULL, 58, 6, 0, 0.000205, 0.0032046480000644806, 0.0022725069998159597, 'stop', '', '', '', 1, 1795864354.382284);
INSERT INTO public.otree_ego_message VALUES (34, '59619fd03dc1421aac1052320ef28db1', '5e881855a80e4a43bf20d278015f2584', 3, 'assistant', 'Mo', 'PASS', 'complete', true, 'gpt-4o', 'gpt-4o', '{"speaks": "moderator", "heard": 2}', NULL, 88, 1, 0, 0.00023, 0.0028063679997103463, 0.0020952539998688735, 'pass', '', '', '', 1, 1795864354.3918464);
INSERT INTO public.otree_ego_message VALUES (35, '6d3c12ac42c45fc0adf32ebb45002f33', '5e881855a80e4a43bf20d278015f2584', 4, 'user', 'g9ut7rgr', 'Ben, is it?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864354.4556274);
INSERT INTO public.otree_ego_message VALUES (36, '1510d340bf5d4a3a893916dcba5a24ca', '5e881855a80e4a43bf20d278015f2584', 5, 'assistant', 'Ben', 'Ben: I have read 4 messages.', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.1, "speaks": "addressed", "pace": 0.0, "heard": 4}', NULL, 68, 6, 0, 0.00023, 0.0030871440003465977, 0.0022189869996509515, 'stop', '', '', '', 1, 1795864354.463115);
INSERT INTO public.otree_ego_message VALUES (37, '66029deca68b4348b3582859eae0d668', '5e881855a80e4a43bf20d278015f2584', 6, 'assistant', 'Ada', 'Ada: I have read 5 messages.', 'complete', false, 'gpt-4o', 'gpt-4o', '{"speaks": "always", "pace": 0.0, "heard": 5}', NULL, 73, 6, 0, 0.0002425, 0.005322685999999521, 0.0045907310000075086, 'stop', '', '', '', 1, 1795864354.475579);
INSERT INTO public.otree_ego_message VALUES (38, '84365fe6e64f4b549313244afee9a7e2', '5e881855a80e4a43bf20d278015f2584', 7, 'assistant', 'Mo', 'PASS', 'complete', true, 'gpt-4o', 'gpt-4o', '{"speaks": "moderator", "heard": 6}', NULL, 104, 1, 0, 0.00027, 0.0026638469994395564, 0.002113371999712399, 'pass', '', '', '', 1, 1795864354.490697);
INSERT INTO public.otree_ego_message VALUES (39, '6102758c4d664828b572c2fef91bd9e3', 'b6c1682bf60548b3aaefd5ad6bf3252f', 1, 'system', '', 'You take part in an experiment: you play a game with a person.
You are the proposer.
There are a proposer and a responder. The proposer has 100 points, the responder has none. The proposer proposes how many points to give to the responder, and keeps the rest.
The responder sees the proposal, and accepts or rejects it.
If the proposal is accepted, it is carried out. If it is rejected, all points are lost, and both get 0 points.
The game is played 2 times, with the same partner and in the same roles. The points of all rounds are added up.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864354.720984);
INSERT INTO public.otree_ego_message VALUES (40, '5319b4054b8944fda301327fa56fc91e', 'b6c1682bf60548b3aaefd5ad6bf3252f', 2, 'user', '', 'Round 1 of 2
You have 100 points. How many of them do you propose to give to the responder?

Answer only with one whole number from 0 to 100.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864354.8360455);
INSERT INTO public.otree_ego_message VALUES (41, '16409191af0a43bab342a1989a8c60cc', 'b6c1682bf60548b3aaefd5ad6bf3252f', 3, 'assistant', 'gpt-4o', '{"answer": 40}', 'complete', true, 'gpt-4o', 'gpt-4o', '{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}', NULL, 133, 2, 0, 0.0003525, 0.0056659150004634284, 0.0051095910002914025, 'stop', '', '', '', 1, 1795864354.836085);
INSERT INTO public.otree_ego_message VALUES (42, 'a1f8c0f17de34a8b80031062c9f700e8', 'aa87b662fa1746a7b387b1aa424525a9', 1, 'system', '', 'You take part in an experiment: you play a game with a person.
You are the proposer.
A proposer and a responder divide 100 points. The proposer proposes how many of them the responder gets; the rest is for the proposer.
The responder sees the proposal, and accepts or rejects it.
If the proposal is accepted, it is carried out. If it is rejected, all points are lost, and both get 0 points.
The game is played 2 times, with the same partner and in the same roles. The points of all rounds are added up.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864354.9996328);
INSERT INTO public.otree_ego_message VALUES (43, '5091f9215cb3482093fda26376dc276d', 'aa87b662fa1746a7b387b1aa424525a9', 2, 'user', '', 'Round 1 of 2
How many of the 100 points do you propose for the responder?

Answer only with one whole number from 0 to 100.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864355.0162318);
INSERT INTO public.otree_ego_message VALUES (44, 'd592e0b72a084d2d8e7b7411996291da', 'aa87b662fa1746a7b387b1aa424525a9', 3, 'assistant', 'gpt-4o-mini', '{"answer": 40}', 'complete', true, 'gpt-4o-mini', 'gpt-4o-mini', '{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}', NULL, 122, 2, 0, 1.95e-05, 0.0063701079998281784, 0.005720165000184352, 'stop', '', '', '', 1, 1795864355.0162697);
INSERT INTO public.otree_ego_message VALUES (45, '520c79b24b3d46a8b0ddd010b1e06b31', 'b6c1682bf60548b3aaefd5ad6bf3252f', 4, 'user', '', 'Result of round 1: The proposal was to give 40 points to the responder. It was accepted. The proposer got 60 points, the responder 40 points.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864355.159022);
INSERT INTO public.otree_ego_message VALUES (46, '0b80ba53f8e54dcd89000c28f172ffeb', 'b6c1682bf60548b3aaefd5ad6bf3252f', 5, 'user', '', 'Round 2 of 2
You have 100 points. How many of them do you propose to give to the responder?

Answer only with one whole number from 0 to 100.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864355.2300596);
INSERT INTO public.otree_ego_message VALUES (47, '792e09a6822149a3986c1bdd768430c0', 'b6c1682bf60548b3aaefd5ad6bf3252f', 6, 'assistant', 'gpt-4o', '{"answer": 40}', 'complete', true, 'gpt-4o', 'gpt-4o', '{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}', NULL, 191, 2, 0, 0.0004975, 0.0063378609997926105, 0.005773894999947515, 'stop', '', '', '', 1, 1795864355.2300968);
INSERT INTO public.otree_ego_message VALUES (48, '1b2c52204af94d4fbec07375c928f67c', '849b7ac880d64a7ab7d9b7c8e615b8ed', 1, 'user', '', 'Which number, number 1?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864355.6549942);
INSERT INTO public.otree_ego_message VALUES (49, 'e8becd389f6a4e4db475b2102251c6a1', '849b7ac880d64a7ab7d9b7c8e615b8ed', 2, 'assistant', 'gpt-4o', '42', 'complete', false, 'gpt-4o', 'gpt-4o', '', NULL, 4, 1, 0, 2e-05, 0.0032654569999976957, 0.0027297050000925083, 'stop', '', '', '', 1, 1795864355.6550038);
INSERT INTO public.otree_ego_message VALUES (50, '825845cc73394887b6008023daa46492', '7be0b5cc0d99403cbbc8e92822a7e4ca', 1, 'user', '', 'Which number, number 2?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864355.9154408);
INSERT INTO public.otree_ego_message VALUES (51, 'a221405487b742ab932bfdf13c17cb39', '7be0b5cc0d99403cbbc8e92822a7e4ca', 2, 'assistant', 'gpt-4o', '', 'failed', false, 'gpt-4o', '', '', NULL, NULL, NULL, NULL, NULL, 0.0025856910001493816, NULL, 'error', 'Overloaded', 'openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.', '[{"model": "gpt-4o", "error": "Overloaded", "text": "openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.", "after": 0.003}]', 1, 1795864355.9154506);
INSERT INTO public.otree_ego_message VALUES (52, '1038fb66f36c471bae950850650eb81d', '2dfd386b9c18465cac109826c5eb64a5', 1, 'user', '', 'Which number, number 3?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.1946578);
INSERT INTO public.otree_ego_message VALUES (53, '04b66fbabd744720bbb91ca622b8196e', '2dfd386b9c18465cac109826c5eb64a5', 2, 'assistant', 'gpt-4o', '', 'failed', false, 'gpt-4o', '', '', NULL, NULL, NULL, NULL, NULL, 0.005193385000438866, NULL, 'error', 'Overloaded', 'openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.', '[{"model": "gpt-4o", "error": "Overloaded", "text": "openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.", "after": 0.005}]', 1, 1795864356.194668);
INSERT INTO public.otree_ego_message VALUES (54, '31b4cc05b3f04504b544a44bd033c123', '17aac2f4699549f0a16a529aa647f5ec', 1, 'user', '', 'Which number, number 5?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.301704);
INSERT INTO public.otree_ego_message VALUES (55, '29d0b07f0060402f952f9072bfc8b25b', '17aac2f4699549f0a16a529aa647f5ec', 2, 'assistant', 'gpt-4o', '42', 'complete', false, 'gpt-4o', 'gpt-4o', '', NULL, 4, 1, 0, 2e-05, 0.002718797999932576, 0.002369150000049558, 'stop', '', '', '', 1, 1795864356.3017135);
INSERT INTO public.otree_ego_message VALUES (56, '0a01f855bb8a41c29f70e495ba498db3', 'f5cac458dc584a03887fcb80a1bac5a7', 1, 'system', '', 'Your number is 7, your offers are [1, 2, [3]].', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.4035084);
INSERT INTO public.otree_ego_message VALUES (57, 'ab32bec3b49f486abcee60bc98482c6c', '998ae019ae1d436f9e651cfebd72aeee', 1, 'system', '', 'Your number is 7, your offers are [1, 2, [3]].', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.406589);
INSERT INTO public.otree_ego_message VALUES (58, '61c01bd4adcf4750919c1a685b51a92d', '8170d1ca3a7c48dc9e10e1d06753ea4d', 1, 'system', '', 'Your number is 7, your offers are [1, 2, [3]].', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.4124782);
INSERT INTO public.otree_ego_message VALUES (59, '7f9a764b2293469c909cb9756e802413', '52a5735c25304c669033c0e3666f9e67', 1, 'system', '', 'Your number is 7, your offers are [1, 2, [3]].', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.4152286);
INSERT INTO public.otree_ego_message VALUES (60, '0f1a3847316d467e9920a9530d4e34ae', '1efe129d432e468ba6dadc6cea5b0c06', 1, 'system', '', 'You are Ann. The other is Bob. You can earn 100.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.4214902);
INSERT INTO public.otree_ego_message VALUES (61, 'f4aa7389677f4b549d5df04181b351b3', '62cf0477f8814ccba33b1e997842861f', 1, 'system', '', 'You are Bob. The other is Ann. You can earn 100.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.4215672);
INSERT INTO public.otree_ego_message VALUES (62, 'c19d45f657cb4bd095556334a3e73714', '338ac39850cf4e2bac666be8b5145c9b', 1, 'system', '', 'You are Ann. The other is Bob. You can earn 100.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.4219942);
INSERT INTO public.otree_ego_message VALUES (63, '8414e2a539fe4bbe8d1ddc99ed93f95d', '9b38425b12474702afffbccb48b4a86d', 1, 'system', '', 'You are Bob. The other is Ann. You can earn 100.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.4221022);
INSERT INTO public.otree_ego_message VALUES (64, 'f80fd6d77a0244c79433e135164fd9cf', 'f5cac458dc584a03887fcb80a1bac5a7', 2, 'user', '', 'First question.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5501401);
INSERT INTO public.otree_ego_message VALUES (65, 'a9283b7bb03f496eaa38e9ede018c034', 'f5cac458dc584a03887fcb80a1bac5a7', 3, 'assistant', 'gpt-4o', 'You have said: First question.', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 0.7, "max_tokens": 200, "seed": 5}', '5', 12, 5, 0, 8e-05, 0.004296386000078201, 0.003652260999842838, 'stop', '', '', '', 1, 1795864356.5501494);
INSERT INTO public.otree_ego_message VALUES (66, '758e719b6a894175a8c52cd8b7d39b8f', 'f5cac458dc584a03887fcb80a1bac5a7', 4, 'user', '', 'Your plan is [1, 2].', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5578966);
INSERT INTO public.otree_ego_message VALUES (67, 'd1f12e05106f4f36a573e4848d0e38b7', 'f5cac458dc584a03887fcb80a1bac5a7', 5, 'assistant', '', 'I have no plan.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5589612);
INSERT INTO public.otree_ego_message VALUES (68, '77f5808f965c42bbb1d43371cdfec9b3', 'f5cac458dc584a03887fcb80a1bac5a7', 6, 'user', '', 'How much of 100 do you want?

Answer only with one number from 0 to 100.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5599954);
INSERT INTO public.otree_ego_message VALUES (69, 'ae9a799412ae498187d32693b73eccf0', 'f5cac458dc584a03887fcb80a1bac5a7', 7, 'assistant', 'gpt-4o', '{"answer": 40}', 'complete', true, 'gpt-4o', 'gpt-4o', '{"temperature": 0.9, "max_tokens": 200, "seed": 5, "question": {"kind": "number", "low": 0, "high": 100, "integer": false, "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}', '5', 42, 2, 0, 0.000125, 0.002751076000095054, 0.002214409999851341, 'stop', '', '', '', 1, 1795864356.5600255);
INSERT INTO public.otree_ego_message VALUES (70, '83cb40dbf19942bab3583f1e0b285ab2', 'cfdf0b40920447d9b8275769c603f490', 1, 'user', '', 'Stay?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5648584);
INSERT INTO public.otree_ego_message VALUES (71, '032d6e5e91404eaaaff7c170ac7459a6', 'cfdf0b40920447d9b8275769c603f490', 2, 'assistant', 'constant/I stay at 7.', 'I stay at 7.', 'complete', false, 'constant/I stay at 7.', 'constant/I stay at 7.', '', NULL, 0, 0, 0, 0, 0.0002533460005906818, 0.00014181500000631786, 'stop', '', '', '', 1, 1795864356.5648687);
INSERT INTO public.otree_ego_message VALUES (72, '87d3c5f4f00c4e7188aea9fa4dc1e39c', 'c20a25e6ba664eb0b92dddfb51f32afa', 1, 'user', '', 'Count.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5672083);
INSERT INTO public.otree_ego_message VALUES (73, '7367216ad692436988516ee8a44f53a2', 'c20a25e6ba664eb0b92dddfb51f32afa', 2, 'assistant', 'scripted/list', 'one', 'complete', false, 'scripted/list', 'scripted/list', '', NULL, 0, 0, 0, 0, 0.00024269000005006092, 0.00013775800016446738, 'stop', '', '', '', 1, 1795864356.5672162);
INSERT INTO public.otree_ego_message VALUES (74, '2129bcd70a074539bb58308c4470d93c', '9eeca1bab5d04b3e922b5d31c27dc698', 1, 'user', '', 'hello', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5698512);
INSERT INTO public.otree_ego_message VALUES (75, '1d1bb1dcd9f04c39b911bfff984e5726', '9eeca1bab5d04b3e922b5d31c27dc698', 2, 'assistant', 'scripted/list', 'HELLO', 'complete', false, 'scripted/list', 'scripted/list', '', NULL, 0, 0, 0, 0, 0.00024315000018759747, 0.00013737800009039347, 'stop', '', '', '', 1, 1795864356.5698593);
INSERT INTO public.otree_ego_message VALUES (76, 'ea41fc9c98ba440da82d35f75a2f10c6', '1804f4abb4a14b868c720fbbdd135481', 1, 'user', '', 'Whose?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5719566);
INSERT INTO public.otree_ego_message VALUES (77, '9e08a9e495304aeca4048f0fa693c580', '1804f4abb4a14b868c720fbbdd135481', 2, 'assistant', 'gpt-4o', 'You have said: Whose?', 'complete', false, 'gpt-4o', 'gpt-4o', '{"seed": 9}', '9', 1, 4, 0, 4.25e-05, 0.0025218259997927817, 0.0019611650000115333, 'stop', '', '', '', 1, 1795864356.5719647);
INSERT INTO public.otree_ego_message VALUES (78, '81740168b0b04e6795b0e7489ff364c7', '1efe129d432e468ba6dadc6cea5b0c06', 2, 'user', '', 'Round 1: how much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5770905);
INSERT INTO public.otree_ego_message VALUES (79, 'c4ca3e9931424ecfa3f0f28234957347', '1efe129d432e468ba6dadc6cea5b0c06', 3, 'assistant', 'gpt-4o', 'You have said: Round 1: how much?', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 1.0}', NULL, 15, 7, 0, 0.0001075, 0.0020869820000370964, 0.0014996220002103655, 'stop', '', '', '', 1, 1795864356.5770988);
INSERT INTO public.otree_ego_message VALUES (80, '12645395e18e45bab974234b05d87093', '62cf0477f8814ccba33b1e997842861f', 2, 'user', '', 'Round 1: how much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5808146);
INSERT INTO public.otree_ego_message VALUES (81, 'b34e48def2264c37a7576ed0a5e16967', '62cf0477f8814ccba33b1e997842861f', 3, 'assistant', 'constant/Bob takes 3.', 'Bob takes 3.', 'complete', false, 'constant/Bob takes 3.', 'constant/Bob takes 3.', '', NULL, 0, 0, 0, 0, 0.00023467800019716378, 0.00013181999975131475, 'stop', '', '', '', 1, 1795864356.5808225);
INSERT INTO public.otree_ego_message VALUES (82, '05a7975b1bca43d8935938b5c4c1d210', 'e1a59696ea7e4e0b9b8fff8c00bb41b7', 1, 'user', '', 'Number?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5844536);
INSERT INTO public.otree_ego_message VALUES (83, 'beb402c4e8d442ba960694ba8db025a9', 'e1a59696ea7e4e0b9b8fff8c00bb41b7', 2, 'assistant', 'constant/1st', '1st', 'complete', false, 'constant/1st', 'constant/1st', '', NULL, 0, 0, 0, 0, 0.0002244220004286035, 0.00012803400022676215, 'stop', '', '', '', 1, 1795864356.584462);
INSERT INTO public.otree_ego_message VALUES (84, 'ddfd563511dd4ae1917be12e8a71e176', '3f8b9a279b404aec89d3a35d46ea988c', 1, 'user', '', 'Number?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5869644);
INSERT INTO public.otree_ego_message VALUES (85, 'a8491697326f4e8695cfc9ae639888e9', '3f8b9a279b404aec89d3a35d46ea988c', 2, 'assistant', 'scripted/list', 'x', 'complete', false, 'scripted/list', 'scripted/list', '', NULL, 0, 0, 0, 0, 0.00023710100003881962, 0.0001302780001424253, 'stop', '', '', '', 1, 1795864356.5869727);
INSERT INTO public.otree_ego_message VALUES (86, '73916ac8780148b78cae2aa99f7ca78e', '6dee14b26b6e46a69a142377d0348c16', 1, 'user', '', 'Number?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5887895);
INSERT INTO public.otree_ego_message VALUES (87, 'f725e7842ff0434285c797a411fe0b5a', '6dee14b26b6e46a69a142377d0348c16', 2, 'assistant', 'constant/3rd', '3rd', 'complete', false, 'constant/3rd', 'constant/3rd', '', NULL, 0, 0, 0, 0, 0.000246165000135079, 0.00015497399999730987, 'stop', '', '', '', 1, 1795864356.588797);
INSERT INTO public.otree_ego_message VALUES (88, 'fd73d6743bb148b595dc4d8c70970888', '850aff396dda4fe78de383b58f0bf5e0', 1, 'user', '', 'Of whom?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5910006);
INSERT INTO public.otree_ego_message VALUES (89, 'e9e22d4dcab642fe8a6d1e748039ab73', '850aff396dda4fe78de383b58f0bf5e0', 2, 'assistant', 'constant/Of the participant.', 'Of the participant.', 'complete', false, 'constant/Of the participant.', 'constant/Of the participant.', '', NULL, 0, 0, 0, 0, 0.00020808799990845728, 0.00011611699983404833, 'stop', '', '', '', 1, 1795864356.5910082);
INSERT INTO public.otree_ego_message VALUES (90, 'f4700f61b34e4167b33db088a07a233e', '59b1ac3ea1604a30b0a7e0cb970df760', 1, 'user', '', 'Of whom?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.5937643);
INSERT INTO public.otree_ego_message VALUES (91, '6fff18769fee43859f15b4cb6558b8d8', '59b1ac3ea1604a30b0a7e0cb970df760', 2, 'assistant', 'constant/Of the subsession.', 'Of the subsession.', 'complete', false, 'constant/Of the subsession.', 'constant/Of the subsession.', '', NULL, 0, 0, 0, 0, 0.0003967679999732354, 0.0002461499998389627, 'stop', '', '', '', 1, 1795864356.5937717);
INSERT INTO public.otree_ego_message VALUES (92, '6d981c582d8a4fde9697fc41d03c7264', '5c1737d6a2244476adcb48085b24e469', 1, 'user', '', 'Of whom?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.596062);
INSERT INTO public.otree_ego_message VALUES (93, 'c3f5df1446ca40aa8d7684208294cd8f', '5c1737d6a2244476adcb48085b24e469', 2, 'assistant', 'constant/Of the session.', 'Of the session.', 'complete', false, 'constant/Of the session.', 'constant/Of the session.', '', NULL, 0, 0, 0, 0, 0.0009052210002664651, 0.00011318199995002942, 'stop', '', '', '', 1, 1795864356.5960698);
INSERT INTO public.otree_ego_message VALUES (94, 'ce676049ccff4c0288fffdb34e6702bb', '338ac39850cf4e2bac666be8b5145c9b', 2, 'user', '', 'Before.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.6632216);
INSERT INTO public.otree_ego_message VALUES (95, '88e16cf4c52e4a09ae42d20d2d60993e', '338ac39850cf4e2bac666be8b5145c9b', 3, 'assistant', 'gpt-4o', 'You have said: Before.', 'complete', false, 'gpt-4o', 'gpt-4o', '{"temperature": 1.0}', NULL, 12, 4, 0, 7e-05, 0.002782011000363127, 0.0021445580000545306, 'stop', '', '', '', 1, 1795864356.6632311);
INSERT INTO public.otree_ego_message VALUES (96, '92057200ca965fa3827ebfd47470989a', 'd3df4bd69ce34d3ba71d1c12df3bd284', 5, 'user', '07wag17r', 'Is this lost?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.6767364);
INSERT INTO public.otree_ego_message VALUES (97, 'e7b6faecccd942af9e53e3ed17c3b235', 'd3df4bd69ce34d3ba71d1c12df3bd284', 6, 'assistant', 'gpt-4o', '', 'pending', false, 'gpt-4o', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.6767561);
INSERT INTO public.otree_ego_message VALUES (98, 'd80f3497602a533d90793460acb2390d', '5e881855a80e4a43bf20d278015f2584', 8, 'user', 'jd3ghcfm', 'Is anybody there?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.7530768);
INSERT INTO public.otree_ego_message VALUES (99, 'b8d993f84084476f9eca18dac64530e4', '5e881855a80e4a43bf20d278015f2584', 9, 'assistant', 'Ada', '', 'pending', false, 'gpt-4o', '', '{"speaks": "always"}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.7559178);
INSERT INTO public.otree_ego_message VALUES (100, '59ab78326ab1446ea26d35c62a45ed3a', '62323f9780ca4509b64825bb2d457e66', 1, 'system', '', 'You take part in an experiment: you play a game with a person.
You are the proposer.
A proposer and a responder divide 100 points. The proposer proposes how many of them the responder gets; the rest is for the proposer.
The responder sees the proposal, and accepts or rejects it.
If the proposal is accepted, it is carried out. If it is rejected, all points are lost, and both get 0 points.
The game is played 2 times, with the same partner and in the same roles. The points of all rounds are added up.', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.7847939);
INSERT INTO public.otree_ego_message VALUES (101, 'f674a00eb05c4ccbb22e41ce1b0d2b72', '62323f9780ca4509b64825bb2d457e66', 2, 'user', '', 'Round 1 of 2
How many of the 100 points do you propose for the responder?

Answer only with one whole number from 0 to 100.', 'complete', true, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.8050747);
INSERT INTO public.otree_ego_message VALUES (102, 'fec52a040efb4c859aa099254a52d1cc', '62323f9780ca4509b64825bb2d457e66', 3, 'assistant', 'gpt-4o', '', 'pending', true, 'gpt-4o', '', '{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.8051088);
INSERT INTO public.otree_ego_message VALUES (103, 'a7ec297c8b3242588c085cc72e9bde50', '7a7e0f1487274ec3af579fe518544306', 1, 'user', '', 'Which number, number 4?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.8378742);
INSERT INTO public.otree_ego_message VALUES (104, '285d726cdd49470196020edc7cc80747', '7a7e0f1487274ec3af579fe518544306', 2, 'assistant', 'gpt-4o', '', 'pending', false, 'gpt-4o', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.837883);
INSERT INTO public.otree_ego_message VALUES (105, '45a3be6f4673460db96b8bca7fb131dc', '338ac39850cf4e2bac666be8b5145c9b', 4, 'user', '', 'Are you there?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.8601792);
INSERT INTO public.otree_ego_message VALUES (106, '63687ad308ea47f3b3a85aefa6bdc4ae', '338ac39850cf4e2bac666be8b5145c9b', 5, 'assistant', 'gpt-4o', '', 'pending', false, 'gpt-4o', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795864356.860189);
INSERT INTO public.otree_ego_thread VALUES (1, 'f21397e982374d28bb85b6979ea071b2', 'player:ego_chat:1:8nt7kr4s', 1, 'Thread', 1, '\x80049571000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c066770742d346f948c08646561646c696e659447403e0000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864352.7539203);
INSERT INTO public.otree_ego_thread VALUES (2, '687180327a8e45e49665ffd74d59f0a4', 'player:ego_chat:1:qw5wwn5c', 1, 'Thread', 1, '\x80049571000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c066770742d346f948c08646561646c696e659447403e0000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864352.7539203);
INSERT INTO public.otree_ego_thread VALUES (3, '6002f30719a4444b8291ac1886a73a59', 'player:ego_chat:1:f7biw72s', 1, 'Thread', 1, '\x80049571000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c066770742d346f948c08646561646c696e659447403e0000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864352.7539203);
INSERT INTO public.otree_ego_thread VALUES (4, 'd3df4bd69ce34d3ba71d1c12df3bd284', 'player:ego_chat:1:07wag17r', 1, 'Thread', 1, '\x80049571000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c066770742d346f948c08646561646c696e659447403e0000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864352.7539203);
INSERT INTO public.otree_ego_thread VALUES (5, 'fc42ba7716914423ad08a561ae0f2f40', 'player:ego_chat:1:1cbe7kun', 1, 'Thread', 1, '\x80049571000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c066770742d346f948c08646561646c696e659447403e0000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864352.7539203);
INSERT INTO public.otree_ego_thread VALUES (6, 'd755f14431cd471687ca23c0d518ad70', 'player:ego_chat:1:4lple6kl', 1, 'Thread', 1, '\x80049571000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c066770742d346f948c08646561646c696e659447403e0000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864352.7539203);
INSERT INTO public.otree_ego_thread VALUES (7, '5e9960e941e1409384c6e18ba053f86c', 'player:ego_chat:1:86fsmjv0', 1, 'Thread', 1, '\x80049571000000000000007d94288c0b74656d706572617475726594473fe00000000000008c056d6f64656c948c066770742d346f948c08646561646c696e659447403e0000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864352.7539203);
INSERT INTO public.otree_ego_thread VALUES (8, '5e881855a80e4a43bf20d278015f2584', 'group:group_chat:1:9oqp2rbp:2', 2, 'Thread', 1, '\x80049546000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864354.3625011);
INSERT INTO public.otree_ego_thread VALUES (9, 'b6c1682bf60548b3aaefd5ad6bf3252f', 'participant:u5x1mxal#ultimatum', 3, 'Thread', 1, '\x80049546000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864354.719365);
INSERT INTO public.otree_ego_thread VALUES (10, 'aa87b662fa1746a7b387b1aa424525a9', 'participant:y7d8449f#ultimatum', 3, 'Thread', 1, '\x8004954b000000000000007d94288c056d6f64656c948c0b6770742d346f2d6d696e69948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864354.9977367);
INSERT INTO public.otree_ego_thread VALUES (11, '849b7ac880d64a7ab7d9b7c8e615b8ed', 'player:decide:1:lfki98oc', 4, 'Thread', 1, '\x80049550000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0561736b6564944b01752e', 1795864355.6358736);
INSERT INTO public.otree_ego_thread VALUES (12, '7be0b5cc0d99403cbbc8e92822a7e4ca', 'player:decide:1:rt9ccvhd', 4, 'Thread', 1, '\x80049546000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864355.8954785);
INSERT INTO public.otree_ego_thread VALUES (13, '2dfd386b9c18465cac109826c5eb64a5', 'player:decide:1:1bkm44je', 4, 'Thread', 1, '\x80049546000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.1900861);
INSERT INTO public.otree_ego_thread VALUES (14, '17aac2f4699549f0a16a529aa647f5ec', 'player:decide:1:stbp9p0g', 4, 'Thread', 1, '\x80049550000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0561736b6564944b01752e', 1795864356.2962584);
INSERT INTO public.otree_ego_thread VALUES (16, '998ae019ae1d436f9e651cfebd72aeee', 'player:study:1:r45n59j5', 5, 'GPTThread', 1, '\x8004954e010000000000007d94288c0b74656d706572617475726594473fe66666666666668c0a6d61785f746f6b656e73944bc88c0473656564944b058c056d6f64656c948c066770742d346f948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c066e756d626572944b078c0468756765948a09000010632d5ec76b058c0468616c6694473fe00000000000008c0474657874948c224772c3bcc39f652c207b7b206e6f745f615f74656d706c617465207d7d20e29c930a948c076e6f7468696e67944e8c0379657394888c066f6666657273945d94284b014b025d944b0361658c0470616972944b018c0161944e869486948c04706c616e947d942868167d948c0162945d94284b014b0265734b038c05746872656594758c047365656e948f94284b014b024b03908c0666726f7a656e94288c01789491948c0372617794430200ff94752e', 1795864356.4059863);
INSERT INTO public.otree_ego_thread VALUES (17, '8170d1ca3a7c48dc9e10e1d06753ea4d', 'player:study:1:xrj9wyio', 5, 'GPTThread', 1, '\x8004954e010000000000007d94288c0b74656d706572617475726594473fe66666666666668c0a6d61785f746f6b656e73944bc88c0473656564944b058c056d6f64656c948c066770742d346f948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c066e756d626572944b078c0468756765948a09000010632d5ec76b058c0468616c6694473fe00000000000008c0474657874948c224772c3bcc39f652c207b7b206e6f745f615f74656d706c617465207d7d20e29c930a948c076e6f7468696e67944e8c0379657394888c066f6666657273945d94284b014b025d944b0361658c0470616972944b018c0161944e869486948c04706c616e947d942868167d948c0162945d94284b014b0265734b038c05746872656594758c047365656e948f94284b014b024b03908c0666726f7a656e94288c01789491948c0372617794430200ff94752e', 1795864356.4112608);
INSERT INTO public.otree_ego_thread VALUES (18, '52a5735c25304c669033c0e3666f9e67', 'player:study:1:hs6ty2ip', 5, 'GPTThread', 1, '\x8004954e010000000000007d94288c0b74656d706572617475726594473fe66666666666668c0a6d61785f746f6b656e73944bc88c0473656564944b058c056d6f64656c948c066770742d346f948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c066e756d626572944b078c0468756765948a09000010632d5ec76b058c0468616c6694473fe00000000000008c0474657874948c224772c3bcc39f652c207b7b206e6f745f615f74656d706c617465207d7d20e29c930a948c076e6f7468696e67944e8c0379657394888c066f6666657273945d94284b014b025d944b0361658c0470616972944b018c0161944e869486948c04706c616e947d942868167d948c0162945d94284b014b0265734b038c05746872656594758c047365656e948f94284b014b024b03908c0666726f7a656e94288c01789491948c0372617794430200ff94752e', 1795864356.4142945);
INSERT INTO public.otree_ego_thread VALUES (19, 'b6b01494523d4755805d2dbabeb7bfb2', 'player:study:1:rtiorllo#ours', 5, 'ConstantThread', 1, '\x800495f7050000000000007d94288c056d6f64656c948c0e636f6e7374616e742f4f7572732e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c07706572736f6e61948c126f747265655f65676f2e706572736f6e6173948c07506572736f6e619493942981947d94288c046e616d65948c03416461948c0c696e737472756374696f6e73948c10596f752061726520637572696f75732e9468018c0b6770742d346f2d6d696e69948c06636f6c6f7572948c0723306235666135948c06737065616b73948c1e657665727920322c206164647265737365642c2061667465722032302073948c0761745f6d6f7374944b058c0b74656d706572617475726594473fd33333333333338c0470616365948c106f747265655f65676f2e706163696e67948c04506163659493942981947d94288c046261736594473ff000000000000047400800000000000086948c0d7065725f63686172616374657294473fa47ae147ae147b473fa47ae147ae147b869475628c065f72756c65739468098c0452756c659493942981947d94288c046b696e64948c056576657279948c016e94474000000000000000756268252981947d942868288c0961646472657373656494682a4b00756268252981947d942868288c05616674657294682a4740340000000000007562879475628c0d706c61696e5f706572736f6e6194680b2981947d9428680e8c0342656e9468108c0094680168366813683668158c06616c776179739468174e68184e6819681c2981947d9428681f4700000000000000004700000000000000008694682147000000000000000047000000000000000086947562682368252981947d942868288c06616c7761797394682a4b007562859475626819681c2981947d9428681f47400000000000000047401800000000000086946821470000000000000000470000000000000000869475628c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d9428680e8c0468696768948c06726577617264944b648c05776f726473945d94288c0467697665948c0474616b6594658c066e6573746564947d948c0470616972944b014e86947375859452948c0670726f6d7074948c116f747265655f65676f2e70726f6d707473948c0650726f6d70749493948c28596f75206f776e207b7b20616d6f756e74207d7d20706f696e74732c207b7b206e616d65207d7d2e94859452948c0e6661696c7572655f706f6c696379948c0f6f747265655f65676f2e7475726e73948c06506f6c6963799493942981947d94288c08646561646c696e659447403e0000000000008c0772657472696573944b018c076261636b6f666694473fe00000000000008c0e66616c6c6261636b5f6d6f64656c9468128c0d66616c6c6261636b5f74657874948c07506172646f6e3f9475628c057573616765948c126f747265655f65676f2e6d65737361676573948c0555736167659493942981945d94284b0c4b034b0165628c076d6573736167659468698c074d6573736167659493942981945d94288c09617373697374616e74948c1548656c6c6f2c20c3bc6ec3af636f646520e29c932e944b038c066770742d346f948c08636f6d706c657465948968758c0b6770742d346f2d32303234947d946818473fe0000000000000734b074b0c4b034e473fd0000000000000473ff80000000000004e8c0473746f7094683668367d94288c056572726f72948c0b526174654c696d69746564946830473fe00000000000007585944b028c203030303030303030303030303030303030303030303030303030303030303030944741da39de0000000065628c07726571756573749468698c07526571756573749493942981945d942868758c0673797374656d948c0942652062726965662e9486948c0475736572948c02486994869486947d946818473ff0000000000000737d9447401400000000000088683668364e65628c057265706c799468698c055265706c799493942981945d94288c0546696e652e946877686c68794e473fe00000000000006562752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (20, '250a642d4d354856ab6fa37786404cf5', 'player:study:1:rtiorllo#standard', 5, 'ConstantThread', 1, '\x80049525020000000000007d94288c056d6f64656c948c12636f6e7374616e742f5374616e646172642e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c056d6f6e6579948c0e6f747265652e63757272656e6379948c0843757272656e63799493948c013594859452948c056578616374948c07646563696d616c948c07446563696d616c9493948c04302e313094859452948c03646179948c086461746574696d65948c0464617465949394430407ea0b1c94859452948c066d6f6d656e749468178c086461746574696d65949394430a07ea0b1c091e000000009468178c0874696d657a6f6e6594939468178c0974696d6564656c74619493944b004b004b008794529485945294869452948c04776169749468244b004b5a4b00879452948c057468697264948c096672616374696f6e73948c084672616374696f6e9493944b014b03869452948c046e616d65948c0475756964948c04555549449493942981947d948c03696e74944b0573628c06636f756e7473948c0b636f6c6c656374696f6e73948c07436f756e7465729493947d94288c0161944b028c0162944b0175859452948c076f72646572656494683c8c0b4f72646572656444696374949394295294288c0162944b018c0161944b02758c05717565756594683c8c056465717565949394294b0386945294284b014b02658c047370616e948c086275696c74696e73948c0572616e67659493944b024b094b0387945294752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (15, 'f5cac458dc584a03887fcb80a1bac5a7', 'player:study:1:rtiorllo', 5, 'GPTThread', 1, '\x80049561010000000000007d94288c0b74656d706572617475726594473feccccccccccccd8c0a6d61785f746f6b656e73944bc88c0473656564944b058c056d6f64656c948c066770742d346f948c0763686f69636573945d94284b044b09658c086d65746164617461947d948c077461696e74656494898c066e756d626572944b078c0468756765948a09000010632d5ec76b058c0468616c6694473fe00000000000008c0474657874948c224772c3bcc39f652c207b7b206e6f745f615f74656d706c617465207d7d20e29c930a948c076e6f7468696e67944e8c0379657394888c066f6666657273945d94284b014b025d944b03614b05658c0470616972944b018c0161944e869486948c04706c616e947d942868167d948c0162945d94284b014b0265734b038c05746872656594758c047365656e948f94284b014b024b03908c0666726f7a656e94288c01789491948c0372617794430200ff948c06616e73776572944b28752e', 1795864356.3912222);
INSERT INTO public.otree_ego_thread VALUES (21, '73b696b5a2d148eca6f7feebe53c63a9', 'player:study:1:rtiorllo#basket', 5, 'ConstantThread', 1, '\x8004957f000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f4d696e652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c066261736b6574948c057374756479948c064261736b65749493942981947d94288c056672756974948c0470656172948c05636f756e74944b037562752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (22, '1804f4abb4a14b868c720fbbdd135481', 'player:study:1:rtiorllo#own', 5, 'study:Own', 1, '\x80049552000000000000007d94288c0473656564944b098c056d6f64656c948c066770742d346f948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c057472616974948c046b696e6494752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (23, '9ae39a56d74344a288a58eef147d505e', 'player:study:1:rtiorllo#tools', 5, 'ConstantThread', 1, '\x800495b6000000000000007d94288c056d6f64656c948c0f636f6e7374616e742f546f6f6c732e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c06726561646572948c116f747265655f65676f2e70617273696e67948c0e657874726163745f6e756d6265729493948c056d616b6572948c106f747265655f65676f2e6167656e7473948c094750545468726561649493948c0668656c706572948c057374756479948c046563686f949394752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (25, 'c20a25e6ba664eb0b92dddfb51f32afa', 'player:study:1:rtiorllo#script', 5, 'ScriptedThread', 1, '\x80049554000000000000007d94288c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c046c696e65944b018c077265706c696573945d94288c036f6e65948c0374776f948c0574687265659465752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (26, '9eeca1bab5d04b3e922b5d31c27dc698', 'player:study:1:rtiorllo#function', 5, 'ScriptedThread', 1, '\x80049544000000000000007d94288c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c077265706c696573948c057374756479948c046563686f949394752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (27, '850aff396dda4fe78de383b58f0bf5e0', 'participant:rtiorllo', 5, 'ConstantThread', 1, '\x80049550000000000000007d94288c056d6f64656c948c1c636f6e7374616e742f4f6620746865207061727469636970616e742e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (32, 'e1a59696ea7e4e0b9b8fff8c00bb41b7', 'group:study:1:rqbpkm0f:1#numbers/1', 5, 'ConstantThread', 1, '\x80049540000000000000007d94288c056d6f64656c948c0c636f6e7374616e742f317374948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (33, '3f8b9a279b404aec89d3a35d46ea988c', 'group:study:1:rqbpkm0f:1#numbers/2', 5, 'ScriptedThread', 1, '\x8004953f000000000000007d94288c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c077265706c696573945d94288c0178948c01799465752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (34, '6dee14b26b6e46a69a142377d0348c16', 'group:study:1:rqbpkm0f:1#numbers/3', 5, 'ConstantThread', 1, '\x80049540000000000000007d94288c056d6f64656c948c0c636f6e7374616e742f337264948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (35, 'cc5b46ab1387492880e2746fc65ce172', 'group:study:1:rqbpkm0f:2', 5, 'Conversation', 1, '\x800495d1000000000000007d94288c056e616d6573948c03616e6e948c03626f629486948c036f776e947d94288c036e6f77944b018c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d94288c046e616d65948c0468696768948c06726577617264944b648c05776f726473945d94288c0467697665948c0474616b6594658c066e6573746564947d948c0470616972944b014e86947375859452948c05726f756e64944b018c05746f706963948c047261696e9475752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (36, '338ac39850cf4e2bac666be8b5145c9b', 'group:study:1:rqbpkm0f:2/ann', 5, 'GPTThread', 1, '\x800495ee000000000000007d94288c0b74656d706572617475726594473ff00000000000008c056d6f64656c948c066770742d346f948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c046e616d65948c03416e6e948c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d942868098c0468696768948c06726577617264944b648c05776f726473945d94288c0467697665948c0474616b6594658c066e6573746564947d948c0470616972944b014e86947375859452948c05726f756e64944b01752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (37, '9b38425b12474702afffbccb48b4a86d', 'group:study:1:rqbpkm0f:2/bob', 5, 'ConstantThread', 1, '\x800495e6000000000000007d94288c056d6f64656c948c15636f6e7374616e742f426f622074616b657320332e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c046e616d65948c03426f62948c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d942868088c0468696768948c06726577617264944b648c05776f726473945d94288c0467697665948c0474616b6594658c066e6573746564947d948c0470616972944b014e86947375859452948c05726f756e64944b01752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (38, '1ae495ddfd404ecea2e90e50fee364dd', 'group:study:1:rqbpkm0f:2#numbers', 5, 'Conversation', 1, '\x8004951f000000000000007d94288c056e616d657394298c036f776e947d948c036e6f77944b0173752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (39, '44b3ff9724474efda03f055d9934cdc9', 'group:study:1:rqbpkm0f:2#numbers/1', 5, 'ConstantThread', 1, '\x80049540000000000000007d94288c056d6f64656c948c0c636f6e7374616e742f317374948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (40, 'f94a35f780b14b7aa8c57dd287d59424', 'group:study:1:rqbpkm0f:2#numbers/2', 5, 'ScriptedThread', 1, '\x8004953f000000000000007d94288c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c077265706c696573945d94288c0178948c01799465752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (41, '61ea9e19bf264e6fa0ed530d9e223eb2', 'group:study:1:rqbpkm0f:2#numbers/3', 5, 'ConstantThread', 1, '\x80049540000000000000007d94288c056d6f64656c948c0c636f6e7374616e742f337264948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (42, '59b1ac3ea1604a30b0a7e0cb970df760', 'subsession:study:1:rqbpkm0f', 5, 'ConstantThread', 1, '\x8004954f000000000000007d94288c056d6f64656c948c1b636f6e7374616e742f4f66207468652073756273657373696f6e2e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (43, '5c1737d6a2244476adcb48085b24e469', 'session:rqbpkm0f', 5, 'ConstantThread', 1, '\x8004954c000000000000007d94288c056d6f64656c948c18636f6e7374616e742f4f66207468652073657373696f6e2e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (24, 'cfdf0b40920447d9b8275769c603f490', 'player:study:1:rtiorllo#steady', 5, 'ConstantThread', 1, '\x8004957b000000000000007d94288c056d6f64656c948c15636f6e7374616e742f49207374617920617420372e948c08646561646c696e65944740340000000000008c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c046d6f6f64948c0873747562626f726e94752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (28, 'e50de0bd6ddb4156ae680c5b38f94231', 'group:study:1:rqbpkm0f:1', 5, 'Conversation', 1, '\x800495e6000000000000007d94288c056e616d6573948c03616e6e948c03626f629486948c036f776e947d94288c036e6f77944b028c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d94288c046e616d65948c0468696768948c06726577617264944b648c05776f726473945d94288c0467697665948c0474616b6594658c066e6573746564947d948c0470616972944b014e86947375859452948c05726f756e64944b028c05746f706963948c047261696e948c0777656174686572947d948c0373756e944b017375752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (29, '1efe129d432e468ba6dadc6cea5b0c06', 'group:study:1:rqbpkm0f:1/ann', 5, 'GPTThread', 1, '\x80049518010000000000007d94288c0b74656d706572617475726594473ff00000000000008c056d6f64656c948c066770742d346f948c0763686f69636573945d948c21596f75206861766520736169643a20526f756e6420313a20686f77206d7563683f94618c086d65746164617461947d948c077461696e74656494898c046e616d65948c03416e6e948c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d94288c046e616d65948c0468696768948c06726577617264944b648c05776f726473945d94288c0467697665948c0474616b6594658c066e6573746564947d948c0470616972944b014e86947375859452948c05726f756e64944b02752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (30, '62cf0477f8814ccba33b1e997842861f', 'group:study:1:rqbpkm0f:1/bob', 5, 'ConstantThread', 1, '\x80049506010000000000007d94288c056d6f64656c948c15636f6e7374616e742f426f622074616b657320332e948c0763686f69636573945d948c0c426f622074616b657320332e94618c086d65746164617461947d948c077461696e74656494898c046e616d65948c03426f62948c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d94288c046e616d65948c0468696768948c06726577617264944b648c05776f726473945d94288c0467697665948c0474616b6594658c066e6573746564947d948c0470616972944b014e86947375859452948c05726f756e64944b028c0473616964948c013394752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (31, '7e40f089cde644d0b3a8c9599e90ef1e', 'group:study:1:rqbpkm0f:1#numbers', 5, 'Conversation', 1, '\x8004951f000000000000007d94288c056e616d657394298c036f776e947d948c036e6f77944b0373752e', 1795864356.423314);
INSERT INTO public.otree_ego_thread VALUES (44, '95e2225a85cd4023ba141837969b228c', 'player:study:1:hs6ty2ip#rare form', 5, 'ConstantThread', 1, '\x8004959f000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c126f747265655f65676f2e6d65737361676573948c04466f726d9493942981945d94288c06616e73776572947d948c0474797065948c066f626a65637494738c0f726f6f74203a3a3d205b302d395d2b94886562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (45, '903cb3d66eb044dea09c559cbdc4d18a', 'player:study:1:hs6ty2ip#rare rule', 5, 'ConstantThread', 1, '\x8004958c000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c126f747265655f65676f2e706572736f6e6173948c0452756c659493942981947d94288c046b696e64948c056576657279948c016e944740000000000000007562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (46, 'dd083e2e16ef47c780980fa272875b3c', 'player:study:1:hs6ty2ip#rare experiment', 5, 'ConstantThread', 1, '\x800495c20f0000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c0a4578706572696d656e749493942981947d94288c0a74726561746d656e74739468098c055f6d6164659493947d948c046e616d65948c036c6f7794738594529468107d9468128c046869676894738594529486948c035f6964948c206565616236646331666461333439383438636531386639323465656335663165948c075f72616e646f6d948c0672616e646f6d948c0652616e646f6d9493942952944b03288a0500000080004a187fc0098a059c7184cb004a3ce7bc0c8a05a4b2d8f4008a05e924c78b004ae2b1aa514acb325c124ac1997f4f4a3412be038a056c5f53e8004a46b6932c4a9f8f7b578a0590c5ffcd008a05037d92a4004ad6157c604a67e51e584a663c26694a0c3f71328a0548355ba2008a05a7c386f8004afd6c91598a054ab4bf9d008a05a4cf2d93008a055ec767b0008a05416449f4004af992b8344ab13105148a054a9487d6004aaee2951e8a05d35530c6004a42706e2b8a0538acd7fd004acf4e36504a850ec1788a05ca29b4c5008a054e3c74af008a051c79c384008a054b832f99008a0582af62d9004ab0c825558a05a9d9bde6004a53416a684a7bda18104af752066b4a2b6aa2514aff59e0248a050d9c2392004a60bf891f8a05d0cbe1e7004afe8604668a0544daf6cf004a07d7d2268a05a73c74f6004a01ea2a044aa3d4f1098a056653e8d8004a5ff7b9484af28e38744a58a273674a5986fb4b8a0544ff1799004a1f29b2438a05909169f9004aa12ce4578a05c38a46a9004af326ef534aaf93910e8a052786adc7004a7abb383f8a05575924ff004a1e5eb74d8a051ef6808d004a351b7f7d8a0590ee3aec004a46251c6c8a05d13314e5004a0f9c6c5c8a058e0dd5be008a05a1d700ee008a050da7b9a0004a8cff94678a0568776f81008a05c00e5892004afaea22454a39dc881e8a05946bfde5008a05e198fdef004a2969624e4adc3f57608a05d14a8299008a0548ddcf85008a0518b643e4008a05d8b55fb9004a604315788a054f6a33a4004a945561134ac9b6297d4afb766b784ae0439e4c8a05e06f67b7004a26bc987c4a20a2f2528a059d67ccb9004aed059d1a4a00784e1a8a05a4480c82004aae886f7b4ad1ca7c094a32e7f67f8a0536452398008a05fa1f25a7004abfc0da418a05d04c0ecc004a312e11228a0538e7ebb1008a057a965897004ad18fbc118a05cf4283a2008a05bab292f7008a05ef3d38a3004abbd326084a8927b6258a0548e6648a004a7fb729188a05a576dae7008a0598356cda008a0589137880008a05da26efcc004ab0342e588a058a5d0fd0004afc0e29558a05b62278fa008a05e37790da004ae2d3c05e4a743b04524a231bf1798a0511c83599008a05f03320f2008a052e1e7398008a059c99ddd5008a05eda778e3004ae62810728a058ad788a4004ab895391c4ae4d3d5348a05906c5cb5008a05b0b67cd1004a1017f4664aef099a504a893b79468a05914b1da5004ad4eff7534a6687b2498a05006d3e9d008a057bba6e88004aca73b7718a05ed24cc95004a5564a1194a511a1a548a05fad37cac004aed4696054a3d7709354af9f315688a0538b72ab0008a0515d56c80008a0588ab968b008a054aa895da008a0538ca4dd7008a05e4ee48c3004a59affa7f4aede79c488a053c49d2f9008a0531e615ca008a05e3769cea004a2034227c8a05e280a4a8008a056990f4af004a68f0872a8a0522b7b198004aa60431588a05e0319fc6004ad76a0e4e4a7a1051018a058ae03894004ab445b6164aa0a87b094afe8f2b174aae7054248a058f402a98008a05657c3dd3008a0574f3d6e2008a05d26dc284008a057a95b594008a058d7661c9008a05747018d2004a06168c7f4a2e77d9494a2ac4a26b4ad463d91e8a05552efdd1008a052ba4af98008a0586597392004a2b7896068a05c3dc66b6004a7a34bd518a051b9b25b9004aa14ffd268a0577886eb6004a068b386a8a05b7f735d0004a461eec778a05c0356ace004a1369ad7e8a050845a8d7004a8597bd0f4a23f3176a8a059a2cd483008a05ef8e52f9008a0588be51af008a0518d62be2004a3746554f4ac000f60d4adead61054aac284d7a8a05432c0bec008a05ef4c998a004a84f0174a8a0545186386008a058ecb1abb008a054ea34283008a054933c3a1004a959623358a053395bbee004a054e17174a63416f3d8a05cb50a78a008a05b863ccec004a4aa035028a05d7fbaaf9008a05897f98f8004ad235325d8a05eeec95c2004ab3def4488a05ff65638e008a0506ddb2a0004a75f52a458a0579e84fee008a05157b2be9004a99dc6b124ab0f4794d4ac229fc114a6aa1576f4ac8b0c7784a909cbd014a6b7fed058a057fdd71a3004ae45d574b8a059dcebe92008a05bb3548ea004adcef74094a317250414ae5edb2194a2d0deb408a052670fbb7008a05f3f642e9008a05312df4cf004ac51a82274a354e891e8a058b3931a0004a50c1c1614a4e4bd86d8a051d921894004a11a498598a05290904ae004a577ac1378a05929519ca008a05782e2cdd008a05fbae5deb008a05b1c007e6004a4145dc348a05b638acc2008a05ae7a678f004ad9be076a4a596147404a7942af474acf5181174afe32c9188a050b7c73ed004a939431318a057dc39dd8004a9339c3574aa5da725c4a07cc8a374a934176194a1ce7442b8a0554890ffe004afab803384a66ef8c4d4ac3ebe9254ad82532108a059deb6683008a056c4dd994008a05638a6993004a7fe749018a057af0d6c6008a055875abd1008a05bf3012c0008a05c58c77cd004a2425d84f8a05b06ea8c7008a050b07ede5004a725953414a876a7b204ac850f50d8a05fb02d293008a05463d6feb004a6c406b3e4a9b0120234a10c2a2384aed33f34c4a643147194a7a345e488a05908a8694004a5697e1714a1769bd1e4a9aad88578a05ff3d1bd1008a0576e929c8008a0543f12ae0004ab3d57c278a055ae025c4004aea211e598a058957e3d3008a05d40cd58d004ab1c78e4c8a05ec0af6e8004a3594d01d4afcf618164a86ef016f8a052de1c994004a34c461268a0514c64ce5004a595ca8194a93a5252d8a05b0586bfc008a05e3f92c8f008a05081e9ee7004ac26863078a05f6c189ad008a05fda0cdd4004a497e3a128a05b20dedd1004abda999434afd6fa46c8a05d717c8e0008a054a1776e0004aa4d7ff1d8a0507151b8c004ab1686c044a96568b0e4aaf03d32f8a05e4b57b9c008a0596afb29c004a79c3af088a0514248481004a0a18775d4a3325ba2b4a5918ac088a05bf3229a6004aadb97d344a76635e4f4aba9bf8598a05da9d6599004a3d53ba6c4abb692c6f8a05ffc0c2fb008a05766eb888008a05a69845a5008a054fa6fbe9004aaef43e158a05003c9d87004ae832bb634a451bc1794abde0e5208a05e1be0ae9004ad276d8214a2c2430148a0532a9839d008a05ba2b4ad4008a052d887ae0004a765860104a83df580d8a05cc4750c3008a05459851d6004a50d12b5b8a05cbee56d1004aea6d083b8a05d2e26782004aaeecc4388a0566be9ee5004a5dbcd14e4adcf1ba098a0552964ec2008a05b430b3c3004a4fd74b134a2cc60e4d8a05c6cc41ca008a0556805ddd004a22f2f5638a0587ae0589004ae031f5564a4683ac538a05eabac5a8008a052d1f04fc008a05a7465ee1004a0d8c2d378a05807073fa004a284b30344a7050f2524aef55d5564ac6aeb7494afa320c278a05d2a26085008a054a371e97008a0551a49fd0004ae754246d8a05d716728b008a05c8571ec0008a0528b847c1008a05fc9a9bc7008a05099d57f5008a05a8cb4e9d004ab426c0504a132706074ab4b3cf3c4a3b8aed144a990166764a31d649198a05dbd7f082008a0589ba3b97004ad7e78f418a055c83a2ae008a05d82464ac004add025f4b4afc5c240c8a05ebd3048e004ac8883b2c4ad62f69554a8710403e4afc1997198a0531cf5fd7004a9777f2024a726b112d4aa507954a8a05f9020691004ada7f8b2e4ae26443134aafa7de4e8a05ac271391008a05597417a2008a05ac2ee2b3008a0537e63696004a60ca142d4a77992b768a05e8fd8b99004a8dc4c9034aeb24504a4a1e3560124a4036476a8a05f4369298008a050b8e8195008a052df45384004a245f63704a13edd2528a05197f9b8f008a058257a8d3004acd8fbb378a05e0f30c88004a950ace214a41d3fa3e4a069620514a2ebf216d4ac0e628744aec940c244a288b710a4a48545a608a05ed3ec2aa008a051d8e68da004af587176b8a05637f8e83004afdfc83658a0502ab92b4008a05b3b86ce9008a0587c194b5008a05e2d42a93008a059c4bdadb008a050743d3f8004ad9f946318a059a0527d7008a0596e056a1004a1906a2668a05a0aa82f4008a05ab9f6b8d004afa2818344a38e346004abb2764144a7fc0b73e8a0570f3fcab008a0550f345e5008a05e95071a2008a05fdaa45bb004a600fe8738a05e88efac6004a356c8e484a79f63b2d4aa5e029364a09d6af6e8a05508340bc004ac7ed47184a7bfa3d6d8a0591a713ab004a4ce4a50b4a206a237c8a058ff61389008a056a29ede9008a054c6978e3008a054459d1f8004a4f5dfb148a05052ca1e9008a059180b8d3008a056e3171f3004a7973ef0c8a0508336084008a05a610c3a8004a4ed7df1e4a63d5b87e8a05f266abd0004adc5cf81c4a6811d2104aa96db8038a05f1d1f1fc008a05e030e0b4008a05e47e92ae008a05ac6d0c91004aa469cf458a05a11cd2bb008a05c93c5ff6008a0527f161d0004a7dacfd348a057d47e9bc008a05d1386ffb008a0557fbcfbd008a054e1916c0004a1b79f1384a5ff3fd784aced073188a05d978af87008a0560ae5efa004a15eb74198a057668ab8e004a19ea3f6e8a05d6bd60b4008a05662ffea7008a059184b4a8004a386448364a292b6a5d8a05c0a856aa008a058f8808f9008a05581cabd7008a05346c39a2004adb0f31518a056734a0ab004a840047388a0571403acb008a051d6fa7bb004abc66fa068a05c60bb880004ab86ac5274a4ef75b1a4a56a1aa554aa62441478a053c4ae8d3008a0546d462e8008a051e0b75a5008a054c34afa6008a053694e5f9004a93acb0034a0ead38444aea73d9688a050ee162fb008a05268795e5004ae57600718a0523128bb1008a05083ebcd8004a472d59514a4f0b2b2f4a91d2b04a8a05d515eb97008a05367933f9004ab64376764ae643fc464a8293a7124a0e0ca03d8a0548fcb8d9004afa7c07578a05ffd72883008a05653bc69a008a05f00fd282004a54a27a658a0542445b8d008a05abb942cc004ab4119d404ae1d3bc4b8a058fb0cdb0008a05e18243d6008a05b2acf089004aacb67a278a05466ac3ee008a051692a7f0008a05c12ea1a1004ab623fb174af73d05364ace712f6a4d700274944e8794628c075f706172616d73947d947562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (47, 'f7f170453f0b402fa882da4b309749ae', 'player:study:1:hs6ty2ip#rare design', 5, 'ConstantThread', 1, '\x800495f0000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c1c6f747265655f65676f2e6578706572696d656e742e64657369676e73948c09466163746f7269616c9493942981947d94288c066c6576656c73947d948c0161945d94284b014b0265738c0670726f6d7074948c116f747265655f65676f2e70726f6d707473948c0650726f6d70749493948c1057686174206973207b7b2061207d7d3f94859452948c0563656c6c73945d94287d9468104b01737d9468104b0273657562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (48, '9e299f9ede9247619ef63fe805992d28', 'player:study:1:hs6ty2ip#rare asked', 5, 'ConstantThread', 1, '\x800495b0000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c1b6f747265655f65676f2e6578706572696d656e742e61736b696e67948c0541736b65649493942981947d942868088c06414343455054948c0474657874948c0949206163636570742e948c08617474656d707473944b028c056572726f72948c00947562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (49, '145784ed1eab48dd9785a8a22045800b', 'player:study:1:hs6ty2ip#rare filter', 5, 'ConstantThread', 1, '\x800495b6000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c1d6f747265655f65676f2e6578706572696d656e742e6e6f746174696f6e948c0646696c7465729493942981947d94288c046e616d65948c126578636c75736976655f726573706f6e7365948c06746f6b656e73948c06414343455054948c0652454a4543549486947562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (50, '3b68700ebcbc4110ab363ac99bb38388', 'player:study:1:hs6ty2ip#rare replication', 5, 'ConstantThread', 1, '\x80049549010000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c156f747265655f65676f2e73746f7265732e72756e73948c0b5265706c69636174696f6e9493942981947d94288c0372756e948c207272727272727272727272727272727272727272727272727272727272727272948c05706c616365944b038c07617474656d7074944b018c06737461747573948c04646f6e65946807898c0974726561746d656e74948c00948c066c6576656c73947d948c06726573756c74947d948c0161944b01738c07616e7377657273944b018c056572726f729468158c0a6572726f725f746578749468158c04636f7374944e8c0773746172746564944700000000000000008c05656e646564944700000000000000007562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (51, 'bb26d6cafb1c48ae87286e76068506a8', 'player:study:1:hs6ty2ip#rare parse_error', 5, 'ConstantThread', 1, '\x800495b6000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c106f747265655f65676f2e6572726f7273948c0a50617273654572726f729493948c195468657265206973206e6f206e756d62657220696e2069742e94859452947d94288c0474657874948c054e6f6e652e948c086578706563746564948c0861206e756d626572947562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (52, '15e621c77c9b48db941085fe5a624c37', 'player:study:1:hs6ty2ip#rare invalid', 5, 'ConstantThread', 1, '\x80049596000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c106f747265655f65676f2e6572726f7273948c0d496e76616c6964416e737765729493948c0d4e6f742061206e756d6265722e94859452947d948c0474657874948c054e6f6e652e947362752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (53, '4fbc938ad5ae4af1a42b402774bfef62', 'player:study:1:hs6ty2ip#rare limited', 5, 'ConstantThread', 1, '\x800495cc000000000000007d94288c056d6f64656c948c0e636f6e7374616e742f526172652e948c0763686f69636573945d948c086d65746164617461947d948c077461696e74656494898c0576616c7565948c106f747265655f65676f2e6572726f7273948c0b526174654c696d697465649493948c12546f6f206d616e792072657175657374732e94859452947d94288c0773657276696365948c066f70656e61699468018c066770742d346f948c06737461747573944dad018c0b72657472795f616674657294473ff80000000000007562752e', 1795864356.6227353);
INSERT INTO public.otree_ego_thread VALUES (54, '62323f9780ca4509b64825bb2d457e66', 'participant:1f54yvig#ultimatum', 3, 'Thread', 1, '\x80049546000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.7828236);
INSERT INTO public.otree_ego_thread VALUES (55, '7a7e0f1487274ec3af579fe518544306', 'player:decide:1:m1bzhk1x', 4, 'Thread', 1, '\x80049546000000000000007d94288c056d6f64656c948c066770742d346f948c0772657472696573944b008c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795864356.836484);
INSERT INTO public.otree_pagetimebatch VALUES (1, 'n9hzv7g6,1,8nt7kr4s,0,,InitializeParticipant,1795864352,1,0,0
');
INSERT INTO public.otree_participant VALUES (7, 'gAR9lC4=
', 1, NULL, 7, '0', '', '2026-11-28 11:12:33.532658', NULL, NULL, 3, '[]', '86fsmjv0', 'n9hzv7g6', true, 1795864353, 1795864353, false, 'End', 'ego_chat', 1, NULL, 3, false, false, NULL, 3, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (6, 'gAR9lC4=
', 1, NULL, 6, '0', '', NULL, NULL, NULL, 0, '[]', '4lple6kl', 'n9hzv7g6', false, NULL, NULL, false, NULL, NULL, NULL, NULL, 3, false, false, NULL, NULL, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (10, 'gAR9lC4=
', 2, NULL, 3, '0', '', NULL, NULL, NULL, 0, '[]', 'ekg2mlum', '9oqp2rbp', false, NULL, NULL, false, NULL, NULL, NULL, NULL, 5, false, false, NULL, NULL, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (1, 'gAR9lC4=
', 1, NULL, 1, '0', '', '2026-11-28 11:12:32.793246', NULL, NULL, 2, '[]', '8nt7kr4s', 'n9hzv7g6', true, 1795864352, 1795864352, false, 'Chat', 'ego_chat', 1, NULL, 3, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (11, 'gAR9lC4=
', 2, NULL, 4, '0', '', NULL, NULL, NULL, 0, '[]', 'agjxldpd', '9oqp2rbp', false, NULL, NULL, false, NULL, NULL, NULL, NULL, 5, false, false, NULL, NULL, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (2, 'gAR9lC4=
', 1, NULL, 2, '0', '', '2026-11-28 11:12:32.975488', NULL, NULL, 2, '[]', 'qw5wwn5c', 'n9hzv7g6', true, 1795864353, 1795864353, false, 'Chat', 'ego_chat', 1, NULL, 3, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (3, 'gAR9lC4=
', 1, NULL, 3, '0', '', '2026-11-28 11:12:33.070325', NULL, NULL, 2, '[]', 'f7biw72s', 'n9hzv7g6', true, 1795864353, 1795864353, false, 'Chat', 'ego_chat', 1, NULL, 3, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (4, 'gAR9lC4=
', 1, NULL, 4, '0', '', '2026-11-28 11:12:33.309814', NULL, NULL, 2, '[]', '07wag17r', 'n9hzv7g6', true, 1795864353, 1795864353, false, 'Chat', 'ego_chat', 1, NULL, 3, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (5, 'gAR9lC4=
', 1, NULL, 5, '0', '', '2026-11-28 11:12:33.438863', NULL, NULL, 2, '[]', '1cbe7kun', 'n9hzv7g6', true, 1795864353, 1795864353, false, 'Chat', 'ego_chat', 1, NULL, 3, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (8, 'gAR9lC4=
', 2, NULL, 1, '0', '', '2026-11-28 11:12:34.010149', NULL, NULL, 3, '[]', 'jd3ghcfm', '9oqp2rbp', true, 1795864354, 1795864354, false, 'Chat', 'group_chat', 1, NULL, 5, false, false, NULL, 3, false, false, 1, true);
INSERT INTO public.otree_participant VALUES (9, 'gAR9lC4=
', 2, NULL, 2, '0', '', '2026-11-28 11:12:34.055456', NULL, NULL, 3, '[]', 'g9ut7rgr', '9oqp2rbp', true, 1795864354, 1795864354, false, 'Chat', 'group_chat', 1, NULL, 5, false, false, NULL, 3, false, false, 1, true);
INSERT INTO public.otree_participant VALUES (17, 'gAR9lC4=
', 4, NULL, 2, '14', '', '2026-11-28 11:12:35.492459', NULL, NULL, 3, '[]', 'rt9ccvhd', 'xl48a29i', true, 1795864355, 1795864356, false, 'After', 'decide', 1, NULL, 3, false, false, NULL, 3, true, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (15, 'gAR9lC4=
', 3, NULL, 4, '0', '', NULL, NULL, NULL, 0, '[]', 'px6n41q3', 'dpjp9s70', false, NULL, NULL, false, NULL, NULL, NULL, NULL, 140, false, false, NULL, NULL, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (13, 'gAR9lC4=
', 3, NULL, 2, '0', '', '2026-11-28 11:12:34.954837', NULL, NULL, 10, '[]', 'y7d8449f', 'dpjp9s70', true, 1795864355, 1795864355, false, 'Respond', 'ultimatum', 1, NULL, 140, false, false, NULL, 10, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (12, 'gAR9lC4=
', 3, NULL, 1, '40', '', '2026-11-28 11:12:34.664111', NULL, NULL, 24, '[]', 'u5x1mxal', 'dpjp9s70', true, 1795864355, 1795864355, false, 'Respond', 'ultimatum', 2, NULL, 140, false, false, NULL, 24, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (14, 'gAR9lC4=
', 3, NULL, 3, '0', '', '2026-11-28 11:12:35.417004', NULL, NULL, 2, '[]', '1f54yvig', 'dpjp9s70', true, 1795864356, 1795864356, false, 'Check', 'ultimatum', 1, NULL, 140, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (18, 'gAR9lC4=
', 4, NULL, 3, '0', '', '2026-11-28 11:12:35.515886', NULL, NULL, 2, '[]', '1bkm44je', 'xl48a29i', true, 1795864356, 1795864356, true, 'Partner', 'decide', 1, NULL, 3, false, false, NULL, 1, true, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (20, 'gAR9lC4=
', 4, NULL, 5, '0', '', '2026-11-28 11:12:35.549311', NULL, NULL, 2, '[]', 'stbp9p0g', 'xl48a29i', true, 1795864356, 1795864356, true, 'Partner', 'decide', 1, NULL, 3, false, false, NULL, 1, true, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (22, 'gAR9lC4=
', 4, NULL, 7, '0', '', NULL, NULL, NULL, 0, '[]', 'w84yug2t', 'xl48a29i', false, NULL, NULL, false, NULL, NULL, NULL, NULL, 3, false, false, NULL, NULL, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (21, 'gAR9lC4=
', 4, NULL, 6, '0', '', '2026-11-28 11:12:35.570917', NULL, NULL, 1, '[]', 'fp9tp8tx', 'xl48a29i', true, 1795864355, 1795864355, false, 'Before', 'decide', 1, NULL, 3, false, false, NULL, 1, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (24, 'gAR9lC4=
', 5, NULL, 2, '0', '', NULL, NULL, NULL, 0, '[]', 'r45n59j5', 'rqbpkm0f', false, NULL, NULL, false, NULL, NULL, NULL, NULL, 4, false, false, NULL, NULL, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (16, 'gAR9lC4=
', 4, NULL, 1, '84', '', '2026-11-28 11:12:35.472949', NULL, NULL, 3, '[]', 'lfki98oc', 'xl48a29i', true, 1795864355, 1795864355, false, 'After', 'decide', 1, NULL, 3, false, false, NULL, 3, true, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (19, 'gAR9lC4=
', 4, NULL, 4, '0', '', '2026-11-28 11:12:35.532733', NULL, NULL, 2, '[]', 'm1bzhk1x', 'xl48a29i', true, 1795864356, 1795864356, true, 'Partner', 'decide', 1, NULL, 3, false, false, NULL, 1, true, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (26, 'gASVHxQAAAAAAAB9lCiMB2Fycml2YWyUfZQojAdwZXJzb25hlIwEa2luZJSMBW9yZGVylIwBYpR1jARyYXJllH2UKIwEZm9ybZSMEm90cmVlX2Vnby5tZXNzYWdlc5SMBEZvcm2Uk5QpgZRdlCiMBmFuc3dlcpR9lIwEdHlwZZSMBm9iamVjdJRzjA9yb290IDo6PSBbMC05XSuUiGVijARydWxllIwSb3RyZWVfZWdvLnBlcnNvbmFzlIwEUnVsZZSTlCmBlH2UKIwEa2luZJSMBWV2ZXJ5lIwBbpRHQAAAAAAAAAB1YowKZXhwZXJpbWVudJSMH290cmVlX2Vnby5leHBlcmltZW50LnRyZWF0bWVudHOUjApFeHBlcmltZW50lJOUKYGUfZQojAp0cmVhdG1lbnRzlGgejAVfbWFkZZSTlH2UjARuYW1llIwDbG93lHOFlFKUaCV9lGgnjARoaWdolHOFlFKUhpSMA19pZJSMIGVlYWI2ZGMxZmRhMzQ5ODQ4Y2UxOGY5MjRlZWM1ZjFllIwHX3JhbmRvbZSMBnJhbmRvbZSMBlJhbmRvbZSTlClSlEsDKIoFAAAAgABKGH/ACYoFnHGEywBKPOe8DIoFpLLY9ACKBekkx4sASuKxqlFKyzJcEkrBmX9PSjQSvgOKBWxfU+gASka2kyxKn497V4oFkMX/zQCKBQN9kqQAStYVfGBKZ+UeWEpmPCZpSgw/cTKKBUg1W6IAigWnw4b4AEr9bJFZigVKtL+dAIoFpM8tkwCKBV7HZ7AAigVBZEn0AEr5krg0SrExBRSKBUqUh9YASq7ilR6KBdNVMMYASkJwbiuKBTis1/0ASs9ONlBKhQ7BeIoFyim0xQCKBU48dK8AigUcecOEAIoFS4MvmQCKBYKvYtkASrDIJVWKBanZveYASlNBamhKe9oYEEr3UgZrSitqolFK/1ngJIoFDZwjkgBKYL+JH4oF0Mvh5wBK/oYEZooFRNr2zwBKB9fSJooFpzx09gBKAeoqBEqj1PEJigVmU+jYAEpf97lISvKOOHRKWKJzZ0pZhvtLigVE/xeZAEofKbJDigWQkWn5AEqhLORXigXDikapAErzJu9TSq+TkQ6KBSeGrccASnq7OD+KBVdZJP8ASh5et02KBR72gI0ASjUbf32KBZDuOuwASkYlHGyKBdEzFOUASg+cbFyKBY4N1b4AigWh1wDuAIoFDae5oABKjP+UZ4oFaHdvgQCKBcAOWJIASvrqIkVKOdyIHooFlGv95QCKBeGY/e8ASilpYk5K3D9XYIoF0UqCmQCKBUjdz4UAigUYtkPkAIoF2LVfuQBKYEMVeIoFT2ozpABKlFVhE0rJtil9Svt2a3hK4EOeTIoF4G9ntwBKJryYfEogovJSigWdZ8y5AErtBZ0aSgB4ThqKBaRIDIIASq6Ib3tK0cp8CUoy5/Z/igU2RSOYAIoF+h8lpwBKv8DaQYoF0EwOzABKMS4RIooFOOfrsQCKBXqWWJcAStGPvBGKBc9Cg6IAigW6spL3AIoF7z04owBKu9MmCEqJJ7YligVI5mSKAEp/tykYigWldtrnAIoFmDVs2gCKBYkTeIAAigXaJu/MAEqwNC5YigWKXQ/QAEr8DilVigW2Inj6AIoF43eQ2gBK4tPAXkp0OwRSSiMb8XmKBRHINZkAigXwMyDyAIoFLh5zmACKBZyZ3dUAigXtp3jjAErmKBByigWK14ikAEq4lTkcSuTT1TSKBZBsXLUAigWwtnzRAEoQF/RmSu8JmlBKiTt5RooFkUsdpQBK1O/3U0pmh7JJigUAbT6dAIoFe7puiABKynO3cYoF7STMlQBKVWShGUpRGhpUigX603ysAErtRpYFSj13CTVK+fMVaIoFOLcqsACKBRXVbIAAigWIq5aLAIoFSqiV2gCKBTjKTdcAigXk7kjDAEpZr/p/Su3nnEiKBTxJ0vkAigUx5hXKAIoF43ac6gBKIDQifIoF4oCkqACKBWmQ9K8ASmjwhyqKBSK3sZgASqYEMViKBeAxn8YAStdqDk5KehBRAYoFiuA4lABKtEW2FkqgqHsJSv6PKxdKrnBUJIoFj0AqmACKBWV8PdMAigV089biAIoF0m3ChACKBXqVtZQAigWNdmHJAIoFdHAY0gBKBhaMf0oud9lJSirEomtK1GPZHooFVS790QCKBSukr5gAigWGWXOSAEoreJYGigXD3Ga2AEp6NL1RigUbmyW5AEqhT/0migV3iG62AEoGizhqigW39zXQAEpGHux3igXANWrOAEoTaa1+igUIRajXAEqFl70PSiPzF2qKBZos1IMAigXvjlL5AIoFiL5RrwCKBRjWK+IASjdGVU9KwAD2DUrerWEFSqwoTXqKBUMsC+wAigXvTJmKAEqE8BdKigVFGGOGAIoFjssauwCKBU6jQoMAigVJM8OhAEqVliM1igUzlbvuAEoFThcXSmNBbz2KBctQp4oAigW4Y8zsAEpKoDUCigXX+6r5AIoFiX+Y+ABK0jUyXYoF7uyVwgBKs970SIoF/2VjjgCKBQbdsqAASnX1KkWKBXnoT+4AigUVeyvpAEqZ3GsSSrD0eU1Kwin8EUpqoVdvSsiwx3hKkJy9AUprf+0FigV/3XGjAErkXVdLigWdzr6SAIoFuzVI6gBK3O90CUoxclBBSuXtshlKLQ3rQIoFJnD7twCKBfP2QukAigUxLfTPAErFGoInSjVOiR6KBYs5MaAASlDBwWFKTkvYbYoFHZIYlABKEaSYWYoFKQkErgBKV3rBN4oFkpUZygCKBXguLN0AigX7rl3rAIoFscAH5gBKQUXcNIoFtjiswgCKBa56Z48AStm+B2pKWWFHQEp5Qq9HSs9RgRdK/jLJGIoFC3xz7QBKk5QxMYoFfcOd2ABKkznDV0ql2nJcSgfMijdKk0F2GUoc50QrigVUiQ/+AEr6uAM4SmbvjE1Kw+vpJUrYJTIQigWd62aDAIoFbE3ZlACKBWOKaZMASn/nSQGKBXrw1sYAigVYdavRAIoFvzASwACKBcWMd80ASiQl2E+KBbBuqMcAigULB+3lAEpyWVNBSodqeyBKyFD1DYoF+wLSkwCKBUY9b+sASmxAaz5KmwEgI0oQwqI4Su0z80xKZDFHGUp6NF5IigWQioaUAEpWl+FxShdpvR5Kmq2IV4oF/z0b0QCKBXbpKcgAigVD8SrgAEqz1XwnigVa4CXEAErqIR5ZigWJV+PTAIoF1AzVjQBKsceOTIoF7Ar26ABKNZTQHUr89hgWSobvAW+KBS3hyZQASjTEYSaKBRTGTOUASllcqBlKk6UlLYoFsFhr/ACKBeP5LI8AigUIHp7nAErCaGMHigX2wYmtAIoF/aDN1ABKSX46EooFsg3t0QBKvamZQ0r9b6RsigXXF8jgAIoFShd24ABKpNf/HYoFBxUbjABKsWhsBEqWVosOSq8D0y+KBeS1e5wAigWWr7KcAEp5w68IigUUJISBAEoKGHddSjMluitKWRisCIoFvzIppgBKrbl9NEp2Y15PSrqb+FmKBdqdZZkASj1TumxKu2ksb4oF/8DC+wCKBXZuuIgAigWmmEWlAIoFT6b76QBKrvQ+FYoFADydhwBK6DK7Y0pFG8F5Sr3g5SCKBeG+CukAStJ22CFKLCQwFIoFMqmDnQCKBborStQAigUtiHrgAEp2WGAQSoPfWA2KBcxHUMMAigVFmFHWAEpQ0StbigXL7lbRAErqbQg7igXS4meCAEqu7MQ4igVmvp7lAEpdvNFOStzxugmKBVKWTsIAigW0MLPDAEpP10sTSizGDk2KBcbMQcoAigVWgF3dAEoi8vVjigWHrgWJAErgMfVWSkaDrFOKBeq6xagAigUtHwT8AIoFp0Ze4QBKDYwtN4oFgHBz+gBKKEswNEpwUPJSSu9V1VZKxq63SUr6MgwnigXSomCFAIoFSjcelwCKBVGkn9AASudUJG2KBdcWcosAigXIVx7AAIoFKLhHwQCKBfyam8cAigUJnVf1AIoFqMtOnQBKtCbAUEoTJwYHSrSzzzxKO4rtFEqZAWZ2SjHWSRmKBdvX8IIAigWJujuXAErX549BigVcg6KuAIoF2CRkrABK3QJfS0r8XCQMigXr0wSOAErIiDssStYvaVVKhxBAPkr8GZcZigUxz1/XAEqXd/ICSnJrES1KpQeVSooF+QIGkQBK2n+LLkriZEMTSq+n3k6KBawnE5EAigVZdBeiAIoFrC7iswCKBTfmNpYASmDKFC1Kd5krdooF6P2LmQBKjcTJA0rrJFBKSh41YBJKQDZHaooF9DaSmACKBQuOgZUAigUt9FOEAEokX2NwShPt0lKKBRl/m48AigWCV6jTAErNj7s3igXg8wyIAEqVCs4hSkHT+j5KBpYgUUouvyFtSsDmKHRK7JQMJEooi3EKSkhUWmCKBe0+wqoAigUdjmjaAEr1hxdrigVjf46DAEr9/INligUCq5K0AIoFs7hs6QCKBYfBlLUAigXi1CqTAIoFnEva2wCKBQdD0/gAStn5RjGKBZoFJ9cAigWW4FahAEoZBqJmigWgqoL0AIoFq59rjQBK+igYNEo440YASrsnZBRKf8C3PooFcPP8qwCKBVDzReUAigXpUHGiAIoF/apFuwBKYA/oc4oF6I76xgBKNWyOSEp59jstSqXgKTZKCdavbooFUINAvABKx+1HGEp7+j1tigWRpxOrAEpM5KULSiBqI3yKBY/2E4kAigVqKe3pAIoFTGl44wCKBURZ0fgASk9d+xSKBQUsoekAigWRgLjTAIoFbjFx8wBKeXPvDIoFCDNghACKBaYQw6gASk7X3x5KY9W4fooF8mar0ABK3Fz4HEpoEdIQSqltuAOKBfHR8fwAigXgMOC0AIoF5H6SrgCKBaxtDJEASqRpz0WKBaEc0rsAigXJPF/2AIoFJ/Fh0ABKfaz9NIoFfUfpvACKBdE4b/sAigVX+8+9AIoFThkWwABKG3nxOEpf8/14Ss7QcxiKBdl4r4cAigVgrl76AEoV63QZigV2aKuOAEoZ6j9uigXWvWC0AIoFZi/+pwCKBZGEtKgASjhkSDZKKStqXYoFwKhWqgCKBY+ICPkAigVYHKvXAIoFNGw5ogBK2w8xUYoFZzSgqwBKhABHOIoFcUA6ywCKBR1vp7sASrxm+gaKBcYLuIAASrhqxSdKTvdbGkpWoapVSqYkQUeKBTxK6NMAigVG1GLoAIoFHgt1pQCKBUw0r6YAigU2lOX5AEqTrLADSg6tOERK6nPZaIoFDuFi+wCKBSaHleUASuV2AHGKBSMSi7EAigUIPrzYAEpHLVlRSk8LKy9KkdKwSooF1RXrlwCKBTZ5M/kASrZDdnZK5kP8RkqCk6cSSg4MoD2KBUj8uNkASvp8B1eKBf/XKIMAigVlO8aaAIoF8A/SggBKVKJ6ZYoFQkRbjQCKBau5QswASrQRnUBK4dO8S4oFj7DNsACKBeGCQ9YAigWyrPCJAEqstnonigVGasPuAIoFFpKn8ACKBcEuoaEASrYj+xdK9z0FNkrOcS9qTXACdJROh5RijAdfcGFyYW1zlH2UdWKMBmRlc2lnbpSMHG90cmVlX2Vnby5leHBlcmltZW50LmRlc2lnbnOUjAlGYWN0b3JpYWyUk5QpgZR9lCiMBmxldmVsc5R9lIwBYZRdlChLAUsCZXOMBnByb21wdJSMEW90cmVlX2Vnby5wcm9tcHRzlIwGUHJvbXB0lJOUjBBXaGF0IGlzIHt7IGEgfX0/lIWUUpSMBWNlbGxzlF2UKH2UaENLAXN9lGhDSwJzZXVijAVhc2tlZJSMG290cmVlX2Vnby5leHBlcmltZW50LmFza2luZ5SMBUFza2VklJOUKYGUfZQojAV2YWx1ZZSMBkFDQ0VQVJSMBHRleHSUjAlJIGFjY2VwdC6UjAhhdHRlbXB0c5RLAowFZXJyb3KUjACUdWKMBmZpbHRlcpSMHW90cmVlX2Vnby5leHBlcmltZW50Lm5vdGF0aW9ulIwGRmlsdGVylJOUKYGUfZQoaCeMEmV4Y2x1c2l2ZV9yZXNwb25zZZSMBnRva2Vuc5RoV4wGUkVKRUNUlIaUdWKMC3JlcGxpY2F0aW9ulIwVb3RyZWVfZWdvLnN0b3Jlcy5ydW5zlIwLUmVwbGljYXRpb26Uk5QpgZR9lCiMA3J1bpSMIHJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnJylIwFcGxhY2WUSwOMB2F0dGVtcHSUSwGMBnN0YXR1c5SMBGRvbmWUjAd0YWludGVklImMCXRyZWF0bWVudJRoXGhBfZSMBnJlc3VsdJR9lGhDSwFzjAdhbnN3ZXJzlEsBaFtoXIwKZXJyb3JfdGV4dJRoXIwEY29zdJROjAdzdGFydGVklEcAAAAAAAAAAIwFZW5kZWSURwAAAAAAAAAAdWKMC3BhcnNlX2Vycm9ylIwQb3RyZWVfZWdvLmVycm9yc5SMClBhcnNlRXJyb3KUk5SMGVRoZXJlIGlzIG5vIG51bWJlciBpbiBpdC6UhZRSlH2UKGhYjAVOb25lLpSMCGV4cGVjdGVklIwIYSBudW1iZXKUdWKMB2ludmFsaWSUaH6MDUludmFsaWRBbnN3ZXKUk5SMDU5vdCBhIG51bWJlci6UhZRSlH2UaFhohXNijAdsaW1pdGVklGh+jAtSYXRlTGltaXRlZJSTlIwSVG9vIG1hbnkgcmVxdWVzdHMulIWUUpR9lCiMB3NlcnZpY2WUjAZvcGVuYWmUjAVtb2RlbJSMBmdwdC00b5RocU2tAYwLcmV0cnlfYWZ0ZXKURz/4AAAAAAAAdWJ1dS4=
', 5, NULL, 4, '0', '', '2026-11-28 11:12:36.512535', NULL, NULL, 2, '[]', 'hs6ty2ip', 'rqbpkm0f', true, 1795864356, 1795864356, false, 'Lab', 'study', 1, NULL, 4, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (23, 'gASVFgkAAAAAAAB9lCiMBnZhbHVlc5R9lCiMB3BlcnNvbmGUjBJvdHJlZV9lZ28ucGVyc29uYXOUjAdQZXJzb25hlJOUKYGUfZQojARuYW1llIwDQWRhlIwMaW5zdHJ1Y3Rpb25zlIwQWW91IGFyZSBjdXJpb3VzLpSMBW1vZGVslIwLZ3B0LTRvLW1pbmmUjAZjb2xvdXKUjAcjMGI1ZmE1lIwGc3BlYWtzlIweZXZlcnkgMiwgYWRkcmVzc2VkLCBhZnRlciAyMCBzlIwHYXRfbW9zdJRLBYwLdGVtcGVyYXR1cmWURz/TMzMzMzMzjARwYWNllIwQb3RyZWVfZWdvLnBhY2luZ5SMBFBhY2WUk5QpgZR9lCiMBGJhc2WURz/wAAAAAAAAR0AIAAAAAAAAhpSMDXBlcl9jaGFyYWN0ZXKURz+keuFHrhR7Rz+keuFHrhR7hpR1YowGX3J1bGVzlGgEjARSdWxllJOUKYGUfZQojARraW5klIwFZXZlcnmUjAFulEdAAAAAAAAAAHViaCEpgZR9lChoJIwJYWRkcmVzc2VklGgmSwB1YmghKYGUfZQoaCSMBWFmdGVylGgmR0A0AAAAAAAAdWKHlHVijA1wbGFpbl9wZXJzb25hlGgGKYGUfZQoaAmMA0JlbpRoC4wAlGgNaDJoD2gyaBGMBmFsd2F5c5RoE05oFE5oFWgYKYGUfZQoaBtHAAAAAAAAAABHAAAAAAAAAACGlGgdRwAAAAAAAAAARwAAAAAAAAAAhpR1YmgfaCEpgZR9lChoJIwGYWx3YXlzlGgmSwB1YoWUdWKMBHBhY2WUaBgpgZR9lChoG0dAAAAAAAAAAEdAGAAAAAAAAIaUaB1HAAAAAAAAAABHAAAAAAAAAACGlHVijAl0cmVhdG1lbnSUjB9vdHJlZV9lZ28uZXhwZXJpbWVudC50cmVhdG1lbnRzlIwFX21hZGWUk5R9lChoCYwEaGlnaJSMBnJld2FyZJRLZIwFd29yZHOUXZQojARnaXZllIwEdGFrZZRljAZuZXN0ZWSUfZSMBHBhaXKUSwFOhpRzdYWUUpSMBnByb21wdJSMEW90cmVlX2Vnby5wcm9tcHRzlIwGUHJvbXB0lJOUjChZb3Ugb3duIHt7IGFtb3VudCB9fSBwb2ludHMsIHt7IG5hbWUgfX0ulIWUUpSMDmZhaWx1cmVfcG9saWN5lIwPb3RyZWVfZWdvLnR1cm5zlIwGUG9saWN5lJOUKYGUfZQojAhkZWFkbGluZZRHQD4AAAAAAACMB3JldHJpZXOUSwGMB2JhY2tvZmaURz/gAAAAAAAAjA5mYWxsYmFja19tb2RlbJRoDowNZmFsbGJhY2tfdGV4dJSMB1BhcmRvbj+UdWKMBXVzYWdllIwSb3RyZWVfZWdvLm1lc3NhZ2VzlIwFVXNhZ2WUk5QpgZRdlChLDEsDSwFlYowHbWVzc2FnZZRoZowHTWVzc2FnZZSTlCmBlF2UKIwJYXNzaXN0YW50lIwVSGVsbG8sIMO8bsOvY29kZSDinJMulEsDjAZncHQtNG+UjAhjb21wbGV0ZZSJaHKMC2dwdC00by0yMDI0lH2UjAt0ZW1wZXJhdHVyZZRHP+AAAAAAAABzSwdLDEsDTkc/0AAAAAAAAEc/+AAAAAAAAE6MBHN0b3CUaDJoMn2UKIwFZXJyb3KUjAtSYXRlTGltaXRlZJRoLEc/4AAAAAAAAHWFlEsCjCAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMJRHQdo53gAAAABlYowHcmVxdWVzdJRoZowHUmVxdWVzdJSTlCmBlF2UKGhyjAZzeXN0ZW2UjAlCZSBicmllZi6UhpSMBHVzZXKUjAJIaZSGlIaUfZRodkc/8AAAAAAAAHN9lEdAFAAAAAAAAIhoMmgyTmVijAVyZXBseZRoZowFUmVwbHmUk5QpgZRdlCiMBUZpbmUulGh0aGlod05HP+AAAAAAAABlYnWMBXBsYWlulH2UKIwGbnVtYmVylEsHjARodWdllIoJAAAQYy1ex2sFjARoYWxmlEc/4AAAAAAAAIwEdGV4dJSMIkdyw7zDn2UsIHt7IG5vdF9hX3RlbXBsYXRlIH19IOKckwqUjAdub3RoaW5nlE6MA3llc5SIjAZvZmZlcnOUXZQoSwFLAl2USwNhZWhOSwGMAWGUToaUhpSMBHBsYW6UfZQoaJ19lIwBYpRdlChLAUsCZXNLA4wFdGhyZWWUdYwEc2VlbpSPlChLAUsCSwOQjAZmcm96ZW6UKIwBeJSRlIwDcmF3lEMCAP+UdYwFdXN1YWyUfZQojAVtb25leZSMDm90cmVlLmN1cnJlbmN5lIwIQ3VycmVuY3mUk5SMATWUhZRSlIwFZXhhY3SUjAdkZWNpbWFslIwHRGVjaW1hbJSTlIwEMC4xMJSFlFKUjANkYXmUjAhkYXRldGltZZSMBGRhdGWUk5RDBAfqCxyUhZRSlIwGbW9tZW50lGi+jAhkYXRldGltZZSTlEMKB+oLHAkeAAAAAJRovowIdGltZXpvbmWUk5RovowJdGltZWRlbHRhlJOUSwBLAEsAh5RSlIWUUpSGlFKUjAR3YWl0lGjLSwBLWksAh5RSlIwFdGhpcmSUjAlmcmFjdGlvbnOUjAhGcmFjdGlvbpSTlEsBSwOGlFKUjARuYW1llIwEdXVpZJSMBFVVSUSUk5QpgZR9lIwDaW50lEsFc2KMBmNvdW50c5SMC2NvbGxlY3Rpb25zlIwHQ291bnRlcpSTlH2UKGidSwJoo0sBdYWUUpSMB29yZGVyZWSUaOOMC09yZGVyZWREaWN0lJOUKVKUKGijSwFonUsCdYwFcXVldWWUaOOMBWRlcXVllJOUKUsDhpRSlChLAUsCZYwEc3BhbpSMCGJ1aWx0aW5zlIwFcmFuZ2WUk5RLAksJSwOHlFKUdYwGYmFza2V0lIwFc3R1ZHmUjAZCYXNrZXSUk5QpgZR9lCiMBWZydWl0lIwDZmlnlIwFY291bnSUSwF1YowHYXJyaXZhbJR9lCiMB3BlcnNvbmGUjAZzdHJpY3SUjAVvcmRlcpSMAWKUdXUu
', 5, NULL, 1, '0', '', '2026-11-28 11:12:36.442751', NULL, NULL, 2, '[]', 'rtiorllo', 'rqbpkm0f', true, 1795864356, 1795864356, false, 'Lab', 'study', 1, NULL, 4, false, false, NULL, 2, false, false, NULL, NULL);
INSERT INTO public.otree_participant VALUES (25, 'gASVMQAAAAAAAAB9lIwHYXJyaXZhbJR9lCiMB3BlcnNvbmGUjAZzdHJpY3SUjAVvcmRlcpSMAWGUdXMu
', 5, NULL, 3, '0', '', '2026-11-28 11:12:36.486378', NULL, NULL, 3, '[]', 'xrj9wyio', 'rqbpkm0f', true, 1795864356, 1795864356, false, 'Flow', 'study', 1, NULL, 4, false, false, NULL, 3, false, false, NULL, NULL);
INSERT INTO public.otree_session VALUES (1, 'gAR9lC4=
', 'gASVngEAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjARjaGF0lIwMYXBwX3NlcXVlbmNllF2UjAhlZ29fY2hhdJRhjBVudW1fZGVtb19wYXJ0aWNpcGFudHOUSwGMCWVnb19tb2RlbJSMBmdwdC00b5SMD2Vnb190ZW1wZXJhdHVyZZRHP+AAAAAAAACMC2Vnb19yZXRyaWVzlEsAjBBlZ29fbWF4X21lc3NhZ2VzlEsUjAxlZ29fZGVhZGxpbmWUR0A+AAAAAAAAjBFlZ29fc3lzdGVtX3Byb21wdJSMM1lvdSBhcmUgTWFydmluLCBhbmQgdGhlIHNlY3JldCB3b3JkIGlzIHF1b2trYS03MzUxLpSMDGVnb19sYW5ndWFnZZSMAmVulIwMZGlzcGxheV9uYW1llGgMdS4=
', '', 'n9hzv7g6', NULL, NULL, false, true, NULL, '', false, NULL, 'livomesi', false, '', '', 7, 1795864353);
INSERT INTO public.otree_session VALUES (2, 'gAR9lC4=
', 'gASVcQIAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAVyb29tc5SMDGFwcF9zZXF1ZW5jZZRdlIwKZ3JvdXBfY2hhdJRhjBVudW1fZGVtb19wYXJ0aWNpcGFudHOUSwKMD2dyb3VwX2NoYXRfc2l6ZZRLAowPZ3JvdXBfY2hhdF93YWl0lEsAjA9ncm91cF9jaGF0X3BhY2WUjAEwlIwTZ3JvdXBfY2hhdF9pbl9hX3Jvd5RLA4wTZ3JvdXBfY2hhdF9wZXJzb25hc5SMfEFkYTogWW91IGFyZSBjdXJpb3VzLiB8IEJlbiBbYWRkcmVzc2VkOyBhdF9tb3N0PTI7IHRlbXBlcmF0dXJlPTAuMV06IFlvdSBkb3VidCBldmVyeXRoaW5nLiB8IE1vIFttb2RlcmF0b3JdOiBZb3Uga2VlcCBvcmRlci6UjBFncm91cF9jaGF0X3NwZWFrc5SMBmFsd2F5c5SMEGdyb3VwX2NoYXRfdG9waWOUjBhJcyBhIGhvdCBkb2cgYSBzYW5kd2ljaD+UjBJncm91cF9jaGF0X3NlY29uZHOUSwCMCWVnb19tb2RlbJSMBmdwdC00b5SMC2Vnb19yZXRyaWVzlEsAjBBlZ29fbWluX21lc3NhZ2VzlEsBjAxlZ29fbGFuZ3VhZ2WUjAJlbpSMDGRpc3BsYXlfbmFtZZRoDHUu
', '', '9oqp2rbp', NULL, NULL, false, true, NULL, '', false, NULL, 'gokivuna', false, '', '', 4, 1795864354);
INSERT INTO public.otree_session VALUES (3, 'gAR9lC4=
', 'gASVRAIAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjARnYW1llIwMYXBwX3NlcXVlbmNllF2UjAl1bHRpbWF0dW2UYYwVbnVtX2RlbW9fcGFydGljaXBhbnRzlEsBjA51bHRpbWF0dW1fcm9sZZSMCXJlc3BvbmRlcpSMEXVsdGltYXR1bV9wYXJ0bmVylIwCYWmUjBF1bHRpbWF0dW1fYWR2aXNlcpSJjBB1bHRpbWF0dW1fbWV0aG9klIwGZGlyZWN0lIwPdWx0aW1hdHVtX2ZyYW1llIwLc3BsaXQsIGdpdmWUjBB1bHRpbWF0dW1fcm91bmRzlEsCjBN1bHRpbWF0dW1fZW5kb3dtZW50lEtkjA91bHRpbWF0dW1fZGVsYXmUjAEwlIwRdWx0aW1hdHVtX3RpbWVvdXSUSwCMEHVsdGltYXR1bV9tb2RlbHOUjBNncHQtNG8sIGdwdC00by1taW5plIwTdWx0aW1hdHVtX3JlYXNvbmluZ5SJjBJ1bHRpbWF0dW1fZmFsbGJhY2uUaAqMCWVnb19tb2RlbJSMBmdwdC00b5SMC2Vnb19yZXRyaWVzlEsAjAxlZ29fbGFuZ3VhZ2WUjAJlbpSMDGRpc3BsYXlfbmFtZZRoDHUu
', '', 'dpjp9s70', NULL, NULL, false, true, NULL, '', false, NULL, 'nesakohi', false, '', '', 4, 1795864355);
INSERT INTO public.otree_session VALUES (4, 'gAR9lC4=
', 'gASV8QAAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAZkZWNpZGWUjAxhcHBfc2VxdWVuY2WUXZRoDGGMFW51bV9kZW1vX3BhcnRpY2lwYW50c5RLAYwJZWdvX21vZGVslIwGZ3B0LTRvlIwLZWdvX3JldHJpZXOUSwCMDGRpc3BsYXlfbmFtZZRoDHUu
', '', 'xl48a29i', NULL, NULL, false, true, NULL, '', false, NULL, 'bihupuru', false, '', '', 7, 1795864355);
INSERT INTO public.otree_session VALUES (5, 'gASVzAUAAAAAAAB9lIwGdmFsdWVzlH2UKIwHcGVyc29uYZSMEm90cmVlX2Vnby5wZXJzb25hc5SMB1BlcnNvbmGUk5QpgZR9lCiMBG5hbWWUjANBZGGUjAxpbnN0cnVjdGlvbnOUjBBZb3UgYXJlIGN1cmlvdXMulIwFbW9kZWyUjAtncHQtNG8tbWluaZSMBmNvbG91cpSMByMwYjVmYTWUjAZzcGVha3OUjB5ldmVyeSAyLCBhZGRyZXNzZWQsIGFmdGVyIDIwIHOUjAdhdF9tb3N0lEsFjAt0ZW1wZXJhdHVyZZRHP9MzMzMzMzOMBHBhY2WUjBBvdHJlZV9lZ28ucGFjaW5nlIwEUGFjZZSTlCmBlH2UKIwEYmFzZZRHP/AAAAAAAABHQAgAAAAAAACGlIwNcGVyX2NoYXJhY3RlcpRHP6R64UeuFHtHP6R64UeuFHuGlHVijAZfcnVsZXOUaASMBFJ1bGWUk5QpgZR9lCiMBGtpbmSUjAVldmVyeZSMAW6UR0AAAAAAAAAAdWJoISmBlH2UKGgkjAlhZGRyZXNzZWSUaCZLAHViaCEpgZR9lChoJIwFYWZ0ZXKUaCZHQDQAAAAAAAB1YoeUdWKMDXBsYWluX3BlcnNvbmGUaAYpgZR9lChoCYwDQmVulGgLjACUaA1oMmgPaDJoEYwGYWx3YXlzlGgTTmgUTmgVaBgpgZR9lChoG0cAAAAAAAAAAEcAAAAAAAAAAIaUaB1HAAAAAAAAAABHAAAAAAAAAACGlHViaB9oISmBlH2UKGgkjAZhbHdheXOUaCZLAHVihZR1YmgVaBgpgZR9lChoG0dAAAAAAAAAAEdAGAAAAAAAAIaUaB1HAAAAAAAAAABHAAAAAAAAAACGlHVijAl0cmVhdG1lbnSUjB9vdHJlZV9lZ28uZXhwZXJpbWVudC50cmVhdG1lbnRzlIwFX21hZGWUk5R9lChoCYwEaGlnaJSMBnJld2FyZJRLZIwFd29yZHOUXZQojARnaXZllIwEdGFrZZRljAZuZXN0ZWSUfZSMBHBhaXKUSwFOhpRzdYWUUpSMBnByb21wdJSMEW90cmVlX2Vnby5wcm9tcHRzlIwGUHJvbXB0lJOUjChZb3Ugb3duIHt7IGFtb3VudCB9fSBwb2ludHMsIHt7IG5hbWUgfX0ulIWUUpSMDmZhaWx1cmVfcG9saWN5lIwPb3RyZWVfZWdvLnR1cm5zlIwGUG9saWN5lJOUKYGUfZQojAhkZWFkbGluZZRHQD4AAAAAAACMB3JldHJpZXOUSwGMB2JhY2tvZmaURz/gAAAAAAAAjA5mYWxsYmFja19tb2RlbJRoDowNZmFsbGJhY2tfdGV4dJSMB1BhcmRvbj+UdWKMBXVzYWdllIwSb3RyZWVfZWdvLm1lc3NhZ2VzlIwFVXNhZ2WUk5QpgZRdlChLDEsDSwFlYowHbWVzc2FnZZRoZYwHTWVzc2FnZZSTlCmBlF2UKIwJYXNzaXN0YW50lIwVSGVsbG8sIMO8bsOvY29kZSDinJMulEsDjAZncHQtNG+UjAhjb21wbGV0ZZSJaHGMC2dwdC00by0yMDI0lH2UaBRHP+AAAAAAAABzSwdLDEsDTkc/0AAAAAAAAEc/+AAAAAAAAE6MBHN0b3CUaDJoMn2UKIwFZXJyb3KUjAtSYXRlTGltaXRlZJRoLEc/4AAAAAAAAHWFlEsCjCAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMJRHQdo53gAAAABlYowHcmVxdWVzdJRoZYwHUmVxdWVzdJSTlCmBlF2UKGhxjAZzeXN0ZW2UjAlCZSBicmllZi6UhpSMBHVzZXKUjAJIaZSGlIaUfZRoFEc/8AAAAAAAAHN9lEdAFAAAAAAAAIhoMmgyTmVijAVyZXBseZRoZYwFUmVwbHmUk5QpgZRdlCiMBUZpbmUulGhzaGhodU5HP+AAAAAAAABlYnVzLg==
', 'gASVywAAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAVzdHVkeZSMDGFwcF9zZXF1ZW5jZZRdlGgMYYwVbnVtX2RlbW9fcGFydGljaXBhbnRzlEsCjAxkaXNwbGF5X25hbWWUaAx1Lg==
', '', 'rqbpkm0f', NULL, NULL, false, true, NULL, '', false, NULL, 'zilufepe', false, '', '', 4, 1795864356);
INSERT INTO public.otree_taskqueuemessage VALUES (1, 'ensure_pages_visited', '{"participant_pks": [8, 9], "page_index": 1}', 1795864364);
INSERT INTO public.study_group VALUES (1, 1, 1, 100, 1, 5);
INSERT INTO public.study_group VALUES (2, 2, 1, 1, 1, 5);
INSERT INTO public.study_player VALUES (1, 1, '0', 1, '', 'give', 10, 1, 1, 23, 5);
INSERT INTO public.study_player VALUES (2, 2, '0', 1, '', 'take', 5, 1, 1, 24, 5);
INSERT INTO public.study_player VALUES (3, 1, '0', 1, '', 'give', 5, 1, 2, 25, 5);
INSERT INTO public.study_player VALUES (4, 2, '0', 1, '', 'take', 10, 1, 2, 26, 5);
INSERT INTO public.study_subsession VALUES (1, 1, 5);
INSERT INTO public.ultimatum_group VALUES (3, 1, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3, 3);
INSERT INTO public.ultimatum_group VALUES (4, 1, 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 4, 3);
INSERT INTO public.ultimatum_group VALUES (5, 1, 5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 5, 3);
INSERT INTO public.ultimatum_group VALUES (6, 1, 6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 6, 3);
INSERT INTO public.ultimatum_group VALUES (7, 1, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 7, 3);
INSERT INTO public.ultimatum_group VALUES (8, 1, 8, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 8, 3);
INSERT INTO public.ultimatum_group VALUES (9, 1, 9, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 9, 3);
INSERT INTO public.ultimatum_group VALUES (10, 1, 10, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 10, 3);
INSERT INTO public.ultimatum_group VALUES (12, 3, 1, 'split', 'direct', 'gpt-4o', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 3);
INSERT INTO public.ultimatum_group VALUES (13, 4, 1, 'give', 'direct', 'gpt-4o-mini', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 3);
INSERT INTO public.ultimatum_group VALUES (14, 2, 2, 'split', 'direct', 'gpt-4o-mini', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2, 3);
INSERT INTO public.ultimatum_group VALUES (15, 3, 2, 'split', 'direct', 'gpt-4o', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2, 3);
INSERT INTO public.ultimatum_group VALUES (16, 4, 2, 'give', 'direct', 'gpt-4o-mini', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2, 3);
INSERT INTO public.ultimatum_group VALUES (11, 2, 1, 'split', 'direct', 'gpt-4o-mini', 40, NULL, '40', NULL, NULL, 'model', NULL, NULL, NULL, 1, 3);
INSERT INTO public.ultimatum_group VALUES (1, 1, 1, 'give', 'direct', 'gpt-4o', 40, NULL, '40', NULL, true, 'model', 'human', '60', '40', 1, 3);
INSERT INTO public.ultimatum_group VALUES (2, 1, 2, 'give', 'direct', 'gpt-4o', 40, NULL, '40', NULL, NULL, 'model', NULL, NULL, NULL, 2, 3);
INSERT INTO public.ultimatum_player VALUES (9, 1, '0', 3, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 3, 3, 12, 3);
INSERT INTO public.ultimatum_player VALUES (10, 2, '0', 3, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 3, 3, 13, 3);
INSERT INTO public.ultimatum_player VALUES (11, 3, '0', 3, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 3, 3, 14, 3);
INSERT INTO public.ultimatum_player VALUES (12, 4, '0', 3, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 3, 3, 15, 3);
INSERT INTO public.ultimatum_player VALUES (13, 1, '0', 4, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 4, 4, 12, 3);
INSERT INTO public.ultimatum_player VALUES (14, 2, '0', 4, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 4, 4, 13, 3);
INSERT INTO public.ultimatum_player VALUES (15, 3, '0', 4, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 4, 4, 14, 3);
INSERT INTO public.ultimatum_player VALUES (16, 4, '0', 4, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 4, 4, 15, 3);
INSERT INTO public.ultimatum_player VALUES (17, 1, '0', 5, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 5, 5, 12, 3);
INSERT INTO public.ultimatum_player VALUES (18, 2, '0', 5, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 5, 5, 13, 3);
INSERT INTO public.ultimatum_player VALUES (19, 3, '0', 5, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 5, 5, 14, 3);
INSERT INTO public.ultimatum_player VALUES (20, 4, '0', 5, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 5, 5, 15, 3);
INSERT INTO public.ultimatum_player VALUES (21, 1, '0', 6, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 6, 6, 12, 3);
INSERT INTO public.ultimatum_player VALUES (22, 2, '0', 6, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 6, 6, 13, 3);
INSERT INTO public.ultimatum_player VALUES (23, 3, '0', 6, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 6, 6, 14, 3);
INSERT INTO public.ultimatum_player VALUES (24, 4, '0', 6, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 6, 6, 15, 3);
INSERT INTO public.ultimatum_player VALUES (25, 1, '0', 7, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 7, 7, 12, 3);
INSERT INTO public.ultimatum_player VALUES (26, 2, '0', 7, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 7, 7, 13, 3);
INSERT INTO public.ultimatum_player VALUES (27, 3, '0', 7, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 7, 7, 14, 3);
INSERT INTO public.ultimatum_player VALUES (28, 4, '0', 7, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 7, 7, 15, 3);
INSERT INTO public.ultimatum_player VALUES (29, 1, '0', 8, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 8, 8, 12, 3);
INSERT INTO public.ultimatum_player VALUES (30, 2, '0', 8, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 8, 8, 13, 3);
INSERT INTO public.ultimatum_player VALUES (31, 3, '0', 8, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 8, 8, 14, 3);
INSERT INTO public.ultimatum_player VALUES (32, 4, '0', 8, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 8, 8, 15, 3);
INSERT INTO public.ultimatum_player VALUES (33, 1, '0', 9, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 9, 9, 12, 3);
INSERT INTO public.ultimatum_player VALUES (34, 2, '0', 9, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 9, 9, 13, 3);
INSERT INTO public.ultimatum_player VALUES (35, 3, '0', 9, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 9, 9, 14, 3);
INSERT INTO public.ultimatum_player VALUES (36, 4, '0', 9, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 9, 9, 15, 3);
INSERT INTO public.ultimatum_player VALUES (37, 1, '0', 10, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 10, 10, 12, 3);
INSERT INTO public.ultimatum_player VALUES (38, 2, '0', 10, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 10, 10, 13, 3);
INSERT INTO public.ultimatum_player VALUES (39, 3, '0', 10, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 10, 10, 14, 3);
INSERT INTO public.ultimatum_player VALUES (40, 4, '0', 10, '', NULL, false, NULL, NULL, NULL, 0, NULL, NULL, 10, 10, 15, 3);
INSERT INTO public.ultimatum_player VALUES (3, 1, '0', 1, '', 'responder', false, NULL, NULL, NULL, 0, NULL, NULL, 1, 12, 14, 3);
INSERT INTO public.ultimatum_player VALUES (4, 1, '0', 1, '', 'responder', false, NULL, NULL, NULL, 0, NULL, NULL, 1, 13, 15, 3);
INSERT INTO public.ultimatum_player VALUES (5, 1, '0', 2, '', 'responder', false, NULL, NULL, NULL, 0, NULL, NULL, 2, 2, 12, 3);
INSERT INTO public.ultimatum_player VALUES (6, 1, '0', 2, '', 'responder', false, NULL, NULL, NULL, 0, NULL, NULL, 2, 14, 13, 3);
INSERT INTO public.ultimatum_player VALUES (7, 1, '0', 2, '', 'responder', false, NULL, NULL, NULL, 0, NULL, NULL, 2, 15, 14, 3);
INSERT INTO public.ultimatum_player VALUES (8, 1, '0', 2, '', 'responder', false, NULL, NULL, NULL, 0, NULL, NULL, 2, 16, 15, 3);
INSERT INTO public.ultimatum_player VALUES (2, 1, '0', 1, '', 'responder', false, 'some', 'nobody', 'seen', 0, NULL, NULL, 1, 11, 13, 3);
INSERT INTO public.ultimatum_player VALUES (1, 1, '40', 1, '', 'responder', false, 'some', 'nobody', 'seen', 0, NULL, NULL, 1, 1, 12, 3);
INSERT INTO public.ultimatum_subsession VALUES (3, 3, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (4, 4, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (5, 5, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (6, 6, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (7, 7, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (8, 8, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (9, 9, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (10, 10, NULL, NULL, 3);
INSERT INTO public.ultimatum_subsession VALUES (1, 1, 'ai', '100', 3);
INSERT INTO public.ultimatum_subsession VALUES (2, 2, 'ai', '100', 3);
SELECT pg_catalog.setval('public.decide_group_id_seq', 1, true);
SELECT pg_catalog.setval('public.decide_player_id_seq', 7, true);
SELECT pg_catalog.setval('public.decide_subsession_id_seq', 1, true);
SELECT pg_catalog.setval('public.ego_chat_group_id_seq', 1, true);
SELECT pg_catalog.setval('public.ego_chat_player_id_seq', 7, true);
SELECT pg_catalog.setval('public.ego_chat_subsession_id_seq', 1, true);
SELECT pg_catalog.setval('public.group_chat_group_id_seq', 2, true);
SELECT pg_catalog.setval('public.group_chat_player_id_seq', 4, true);
SELECT pg_catalog.setval('public.group_chat_subsession_id_seq', 1, true);
SELECT pg_catalog.setval('public.otree_chatmessage_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_completedgbatwaitpage_id_seq', 1, true);
SELECT pg_catalog.setval('public.otree_completedgroupwaitpage_id_seq', 2, true);
SELECT pg_catalog.setval('public.otree_completedsubsessionwaitpage_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_ego_assignment_id_seq', 14, true);
SELECT pg_catalog.setval('public.otree_ego_decision_id_seq', 9, true);
SELECT pg_catalog.setval('public.otree_ego_message_id_seq', 106, true);
SELECT pg_catalog.setval('public.otree_ego_thread_id_seq', 55, true);
SELECT pg_catalog.setval('public.otree_pagetimebatch_id_seq', 1, true);
SELECT pg_catalog.setval('public.otree_participant_id_seq', 26, true);
SELECT pg_catalog.setval('public.otree_participantvarsfromrest_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_roomtosession_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_session_id_seq', 5, true);
SELECT pg_catalog.setval('public.otree_taskqueuemessage_id_seq', 1, true);
SELECT pg_catalog.setval('public.study_group_id_seq', 2, true);
SELECT pg_catalog.setval('public.study_player_id_seq', 4, true);
SELECT pg_catalog.setval('public.study_subsession_id_seq', 1, true);
SELECT pg_catalog.setval('public.ultimatum_group_id_seq', 16, true);
SELECT pg_catalog.setval('public.ultimatum_player_id_seq', 40, true);
SELECT pg_catalog.setval('public.ultimatum_subsession_id_seq', 10, true);
ALTER TABLE ONLY public.decide_group
    ADD CONSTRAINT decide_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.decide_player
    ADD CONSTRAINT decide_player_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.decide_subsession
    ADD CONSTRAINT decide_subsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ego_chat_group
    ADD CONSTRAINT ego_chat_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ego_chat_player
    ADD CONSTRAINT ego_chat_player_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ego_chat_subsession
    ADD CONSTRAINT ego_chat_subsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.group_chat_group
    ADD CONSTRAINT group_chat_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.group_chat_player
    ADD CONSTRAINT group_chat_player_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.group_chat_subsession
    ADD CONSTRAINT group_chat_subsession_pkey PRIMARY KEY (id);
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
ALTER TABLE ONLY public.study_group
    ADD CONSTRAINT study_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.study_player
    ADD CONSTRAINT study_player_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.study_subsession
    ADD CONSTRAINT study_subsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ultimatum_group
    ADD CONSTRAINT ultimatum_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ultimatum_player
    ADD CONSTRAINT ultimatum_player_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.ultimatum_subsession
    ADD CONSTRAINT ultimatum_subsession_pkey PRIMARY KEY (id);
CREATE INDEX ix_decide_group_id_in_subsession ON public.decide_group USING btree (id_in_subsession);
CREATE INDEX ix_decide_group_round_number ON public.decide_group USING btree (round_number);
CREATE INDEX ix_decide_player_id_in_group ON public.decide_player USING btree (id_in_group);
CREATE INDEX ix_decide_player_round_number ON public.decide_player USING btree (round_number);
CREATE INDEX ix_decide_subsession_round_number ON public.decide_subsession USING btree (round_number);
CREATE INDEX ix_ego_chat_group_id_in_subsession ON public.ego_chat_group USING btree (id_in_subsession);
CREATE INDEX ix_ego_chat_group_round_number ON public.ego_chat_group USING btree (round_number);
CREATE INDEX ix_ego_chat_player_id_in_group ON public.ego_chat_player USING btree (id_in_group);
CREATE INDEX ix_ego_chat_player_round_number ON public.ego_chat_player USING btree (round_number);
CREATE INDEX ix_ego_chat_subsession_round_number ON public.ego_chat_subsession USING btree (round_number);
CREATE INDEX ix_group_chat_group_id_in_subsession ON public.group_chat_group USING btree (id_in_subsession);
CREATE INDEX ix_group_chat_group_round_number ON public.group_chat_group USING btree (round_number);
CREATE INDEX ix_group_chat_player_id_in_group ON public.group_chat_player USING btree (id_in_group);
CREATE INDEX ix_group_chat_player_round_number ON public.group_chat_player USING btree (round_number);
CREATE INDEX ix_group_chat_subsession_round_number ON public.group_chat_subsession USING btree (round_number);
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
CREATE INDEX ix_study_group_id_in_subsession ON public.study_group USING btree (id_in_subsession);
CREATE INDEX ix_study_group_round_number ON public.study_group USING btree (round_number);
CREATE INDEX ix_study_player_id_in_group ON public.study_player USING btree (id_in_group);
CREATE INDEX ix_study_player_round_number ON public.study_player USING btree (round_number);
CREATE INDEX ix_study_subsession_round_number ON public.study_subsession USING btree (round_number);
CREATE INDEX ix_ultimatum_group_id_in_subsession ON public.ultimatum_group USING btree (id_in_subsession);
CREATE INDEX ix_ultimatum_group_round_number ON public.ultimatum_group USING btree (round_number);
CREATE INDEX ix_ultimatum_player_id_in_group ON public.ultimatum_player USING btree (id_in_group);
CREATE INDEX ix_ultimatum_player_round_number ON public.ultimatum_player USING btree (round_number);
CREATE INDEX ix_ultimatum_subsession_round_number ON public.ultimatum_subsession USING btree (round_number);
ALTER TABLE ONLY public.decide_group
    ADD CONSTRAINT decide_group_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.decide_group
    ADD CONSTRAINT decide_group_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.decide_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.decide_player
    ADD CONSTRAINT decide_player_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.decide_group(id);
ALTER TABLE ONLY public.decide_player
    ADD CONSTRAINT decide_player_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id);
ALTER TABLE ONLY public.decide_player
    ADD CONSTRAINT decide_player_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.decide_player
    ADD CONSTRAINT decide_player_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.decide_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.decide_subsession
    ADD CONSTRAINT decide_subsession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ego_chat_group
    ADD CONSTRAINT ego_chat_group_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ego_chat_group
    ADD CONSTRAINT ego_chat_group_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.ego_chat_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ego_chat_player
    ADD CONSTRAINT ego_chat_player_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.ego_chat_group(id);
ALTER TABLE ONLY public.ego_chat_player
    ADD CONSTRAINT ego_chat_player_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id);
ALTER TABLE ONLY public.ego_chat_player
    ADD CONSTRAINT ego_chat_player_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ego_chat_player
    ADD CONSTRAINT ego_chat_player_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.ego_chat_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ego_chat_subsession
    ADD CONSTRAINT ego_chat_subsession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.group_chat_group
    ADD CONSTRAINT group_chat_group_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.group_chat_group
    ADD CONSTRAINT group_chat_group_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.group_chat_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.group_chat_player
    ADD CONSTRAINT group_chat_player_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.group_chat_group(id);
ALTER TABLE ONLY public.group_chat_player
    ADD CONSTRAINT group_chat_player_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id);
ALTER TABLE ONLY public.group_chat_player
    ADD CONSTRAINT group_chat_player_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.group_chat_player
    ADD CONSTRAINT group_chat_player_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.group_chat_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.group_chat_subsession
    ADD CONSTRAINT group_chat_subsession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
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
ALTER TABLE ONLY public.study_group
    ADD CONSTRAINT study_group_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.study_group
    ADD CONSTRAINT study_group_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.study_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.study_player
    ADD CONSTRAINT study_player_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.study_group(id);
ALTER TABLE ONLY public.study_player
    ADD CONSTRAINT study_player_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id);
ALTER TABLE ONLY public.study_player
    ADD CONSTRAINT study_player_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.study_player
    ADD CONSTRAINT study_player_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.study_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.study_subsession
    ADD CONSTRAINT study_subsession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ultimatum_group
    ADD CONSTRAINT ultimatum_group_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ultimatum_group
    ADD CONSTRAINT ultimatum_group_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.ultimatum_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ultimatum_player
    ADD CONSTRAINT ultimatum_player_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.ultimatum_group(id);
ALTER TABLE ONLY public.ultimatum_player
    ADD CONSTRAINT ultimatum_player_participant_id_fkey FOREIGN KEY (participant_id) REFERENCES public.otree_participant(id);
ALTER TABLE ONLY public.ultimatum_player
    ADD CONSTRAINT ultimatum_player_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ultimatum_player
    ADD CONSTRAINT ultimatum_player_subsession_id_fkey FOREIGN KEY (subsession_id) REFERENCES public.ultimatum_subsession(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.ultimatum_subsession
    ADD CONSTRAINT ultimatum_subsession_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.otree_session(id) ON DELETE CASCADE;
