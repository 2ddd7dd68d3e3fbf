CREATE TABLE public.otree_ego_batch (
    id integer NOT NULL,
    run character varying(32) NOT NULL,
    label character varying(100) NOT NULL,
    model character varying(300) NOT NULL,
    batch character varying(300) NOT NULL,
    status character varying(20) NOT NULL,
    requests text NOT NULL,
    created double precision NOT NULL
);
CREATE SEQUENCE public.otree_ego_batch_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_batch_id_seq OWNED BY public.otree_ego_batch.id;
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
CREATE TABLE public.otree_ego_replication (
    id integer NOT NULL,
    run character varying(32) NOT NULL,
    place integer NOT NULL,
    attempt integer NOT NULL,
    status character varying(20) NOT NULL,
    tainted boolean NOT NULL,
    treatment character varying(300) NOT NULL,
    levels text NOT NULL,
    result text NOT NULL,
    answers integer NOT NULL,
    error character varying(100) NOT NULL,
    error_text text NOT NULL,
    cost double precision,
    started double precision NOT NULL,
    ended double precision NOT NULL
);
CREATE SEQUENCE public.otree_ego_replication_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_replication_id_seq OWNED BY public.otree_ego_replication.id;
CREATE TABLE public.otree_ego_run (
    id integer NOT NULL,
    uid character varying(32) NOT NULL,
    name character varying(300) NOT NULL,
    kind character varying(20) NOT NULL,
    design character varying(64) NOT NULL,
    status character varying(20) NOT NULL,
    note text NOT NULL,
    planned integer NOT NULL,
    settings text NOT NULL,
    source text NOT NULL,
    holder character varying(300) NOT NULL,
    beat double precision NOT NULL,
    created double precision NOT NULL,
    ended double precision
);
CREATE SEQUENCE public.otree_ego_run_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_run_id_seq OWNED BY public.otree_ego_run.id;
CREATE TABLE public.otree_ego_schema (
    version integer NOT NULL
);
CREATE TABLE public.otree_ego_seat (
    id integer NOT NULL,
    thread character varying(32) NOT NULL,
    run character varying(32) NOT NULL,
    place integer NOT NULL,
    attempt integer NOT NULL,
    seat integer NOT NULL
);
CREATE SEQUENCE public.otree_ego_seat_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.otree_ego_seat_id_seq OWNED BY public.otree_ego_seat.id;
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
ALTER TABLE ONLY public.otree_ego_batch ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_batch_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_message ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_message_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_replication ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_replication_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_run ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_run_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_seat ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_seat_id_seq'::regclass);
ALTER TABLE ONLY public.otree_ego_thread ALTER COLUMN id SET DEFAULT nextval('public.otree_ego_thread_id_seq'::regclass);
INSERT INTO public.otree_ego_message VALUES (1, 'e6e49613854d42938789cd7e8851f611', 'adfbb9d1806645c0ab15f714a28a8b29', 1, 'user', '', 'What is 2 times 4?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.0723155);
INSERT INTO public.otree_ego_message VALUES (3, '0a9b94e859d344f49a437139fde5f198', 'd46af0546eac46739c956e2f75c87f1e', 1, 'user', '', 'What is 2 times 5?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.0788927);
INSERT INTO public.otree_ego_message VALUES (5, '9fb9ea88315247b0aaa9174a19b06d1e', '7a8be648c375428d8b4ca43d173dc8e4', 1, 'user', '', 'What is 3 times 4?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.079092);
INSERT INTO public.otree_ego_message VALUES (7, '647b12c3bd024769a59a190b30f733f5', '6cff3a3fc0b840ecb3124a0f655aa26c', 1, 'user', '', 'What is 3 times 5?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.0792122);
INSERT INTO public.otree_ego_message VALUES (9, 'afa58837fb8349f38c51146c6aad1282', 'd6b81d3a8cd04692bebeadcb2564ba74', 1, 'user', '', 'What is 2 times 4?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.0793042);
INSERT INTO public.otree_ego_message VALUES (11, 'd48fdc9417664b6eb28053067abde142', 'aa4032a3ce534089a46f7044236061d0', 1, 'user', '', 'What is 2 times 5?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.0793967);
INSERT INTO public.otree_ego_message VALUES (13, 'ff160566f2b047b0966e78293c409a3a', '335c9f7c70dc495d8b89d83b0d43e1c2', 1, 'user', '', 'What is 3 times 4?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.079485);
INSERT INTO public.otree_ego_message VALUES (15, '0f51cd6052c54823a5f21459f0a27e40', '75ad6d70372845298e645e794f1ff372', 1, 'user', '', 'What is 3 times 5?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.0795956);
INSERT INTO public.otree_ego_message VALUES (2, 'a5a4e51531fb43ceb3e9f91221a789a0', 'adfbb9d1806645c0ab15f714a28a8b29', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 7}', '7', 0, 0, 0, 0, 0.00016773800052760635, 7.154600007197587e-05, 'stop', '', '', '', 1, 1795866645.0724354);
INSERT INTO public.otree_ego_message VALUES (4, '2146714afb0f4554b4779c4b56f55e06', 'd46af0546eac46739c956e2f75c87f1e', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 8}', '8', 0, 0, 0, 0, 0.00872185200023523, 0.0003815749996647355, 'stop', '', '', '', 1, 1795866645.0789013);
INSERT INTO public.otree_ego_message VALUES (6, 'ba52b5da613e4f62be927745c2baefe3', '7a8be648c375428d8b4ca43d173dc8e4', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 9}', '9', 0, 0, 0, 0, 0.008742572000301152, 0.0003032490003533894, 'stop', '', '', '', 1, 1795866645.079099);
INSERT INTO public.otree_ego_message VALUES (8, '4a2890105ee045e19ad8ab717565e06c', '6cff3a3fc0b840ecb3124a0f655aa26c', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 10}', '10', 0, 0, 0, 0, 0.008727541000553174, 0.00025688999994599726, 'stop', '', '', '', 1, 1795866645.0792184);
INSERT INTO public.otree_ego_message VALUES (10, '521d43015a0547a4bbeb80e80b94103a', 'd6b81d3a8cd04692bebeadcb2564ba74', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 11}', '11', 0, 0, 0, 0, 0.008710084999620449, 0.00021390700021584053, 'stop', '', '', '', 1, 1795866645.0793104);
INSERT INTO public.otree_ego_message VALUES (12, '61aeabc8d79e40388765f4056850ec45', 'aa4032a3ce534089a46f7044236061d0', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 12}', '12', 0, 0, 0, 0, 0.008694752999872435, 0.00017119399944931502, 'stop', '', '', '', 1, 1795866645.0794027);
INSERT INTO public.otree_ego_message VALUES (14, 'eeaa6b2b88b24f34945fc433d8cf3688', '335c9f7c70dc495d8b89d83b0d43e1c2', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 13}', '13', 0, 0, 0, 0, 0.008678967999912857, 0.0001305739997405908, 'stop', '', '', '', 1, 1795866645.079491);
INSERT INTO public.otree_ego_message VALUES (16, 'f717184091e144f29daf4bd8b1155557', '75ad6d70372845298e645e794f1ff372', 2, 'assistant', 'constant/It is 12.', 'It is 12.', 'complete', false, 'constant/It is 12.', 'constant/It is 12.', '{"seed": 14}', '14', 0, 0, 0, 0, 0.008653883000079077, 7.865699990361463e-05, 'stop', '', '', '', 1, 1795866645.0796022);
INSERT INTO public.otree_ego_message VALUES (17, 'f8aa609e98e84b25925c17935d256d73', '64aa1bc7b9f14e5dafbda8ee8caf70ba', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5044425);
INSERT INTO public.otree_ego_message VALUES (18, 'fe920423b2984a509a1f653b791fcc8b', '884b5f74d6b94b2aa0ed212e5549a12f', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5045803);
INSERT INTO public.otree_ego_message VALUES (19, '561c739b36a640ffa3531dd9f6ca5dca', '19d00adddb03405ca856de8972defa63', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5047746);
INSERT INTO public.otree_ego_message VALUES (20, '251d57eac44443929881757426b7fd34', '23b7974a1c04436fbb558e8620bb7cf8', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5051193);
INSERT INTO public.otree_ego_message VALUES (21, '9cf2db0c17a3438cb3042e7bafc6b6b8', '383cfee4f2d14d60a65be2736b26312f', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.514426);
INSERT INTO public.otree_ego_message VALUES (22, 'c5c7b4b96f0c49bdad5adbffb17f6759', '28691871ad2e4e0d9f79183211af638f', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5145488);
INSERT INTO public.otree_ego_message VALUES (23, '8a03f176f3b94afabba3e3e4c58cbd4e', 'c9289839c8a743ef913ca3101fc42987', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5244205);
INSERT INTO public.otree_ego_message VALUES (24, '1e971b29b7774f46a584a4905f8ef56c', '5d242d0f1acb404ebe29e125f4c2cc06', 1, 'system', '', 'Keep or give?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5245402);
INSERT INTO public.otree_ego_message VALUES (25, '011c14940a4c407bae56f54d7e6b09d9', '884b5f74d6b94b2aa0ed212e5549a12f', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5345247);
INSERT INTO public.otree_ego_message VALUES (27, '2afa1306486041a099009fe161d01bae', '64aa1bc7b9f14e5dafbda8ee8caf70ba', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5345912);
INSERT INTO public.otree_ego_message VALUES (29, '2f3fc83610364dcfb3a618949d5c5385', '23b7974a1c04436fbb558e8620bb7cf8', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.541946);
INSERT INTO public.otree_ego_message VALUES (31, '635c6ec02e6c4a379f072e49dd67e512', '19d00adddb03405ca856de8972defa63', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5420928);
INSERT INTO public.otree_ego_message VALUES (28, 'e090ef64e0394fad948b21ac00926452', '64aa1bc7b9f14e5dafbda8ee8caf70ba', 3, 'assistant', 'constant/3', '3', 'complete', false, 'constant/3', 'constant/3', '{"seed": 247465324}', '247465324', 0, 0, 0, 0, 0.0002683669999896665, 0.00013193599988881033, 'stop', '', '', '', 1, 1795866645.5345976);
INSERT INTO public.otree_ego_message VALUES (26, '868caf6f12b843769848884e8bf11f8c', '884b5f74d6b94b2aa0ed212e5549a12f', 3, 'assistant', 'constant/3', '3', 'complete', false, 'constant/3', 'constant/3', '{"seed": 312396423}', '312396423', 0, 0, 0, 0, 0.0002570810011093272, 0.00012100899948563892, 'stop', '', '', '', 1, 1795866645.5345345);
INSERT INTO public.otree_ego_message VALUES (32, 'e51334cf7c95486cb6568f03ed465af3', '19d00adddb03405ca856de8972defa63', 3, 'assistant', 'constant/3', '3', 'complete', false, 'constant/3', 'constant/3', '{"seed": 21572990}', '21572990', 0, 0, 0, 0, 0.00017531999947095755, 6.950300030439394e-05, 'stop', '', '', '', 1, 1795866645.5421007);
INSERT INTO public.otree_ego_message VALUES (30, '29a885de3106475aa127ba5796d33034', '23b7974a1c04436fbb558e8620bb7cf8', 3, 'assistant', 'constant/3', '3', 'complete', false, 'constant/3', 'constant/3', '{"seed": 1829013454}', '1829013454', 0, 0, 0, 0, 0.00010814000052050687, 4.918200011161389e-05, 'stop', '', '', '', 1, 1795866645.5419562);
INSERT INTO public.otree_ego_message VALUES (33, '45be596d23824ff48f2a5958923a624c', '28691871ad2e4e0d9f79183211af638f', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.574691);
INSERT INTO public.otree_ego_message VALUES (35, 'f68c4a88e4e0431a96f61eea5e2026da', '383cfee4f2d14d60a65be2736b26312f', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5748153);
INSERT INTO public.otree_ego_message VALUES (37, '2e596fa9175346d89b5e98aadb926820', '5d242d0f1acb404ebe29e125f4c2cc06', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5808535);
INSERT INTO public.otree_ego_message VALUES (34, '2a3347c155364d7fa9c3a62ec97d4d93', '28691871ad2e4e0d9f79183211af638f', 3, 'assistant', 'constant/5', '5', 'complete', false, 'constant/5', 'constant/5', '{"seed": 744518563}', '744518563', 0, 0, 0, 0, 0.00024743599988141796, 0.00012115900062781293, 'stop', '', '', '', 1, 1795866645.5747004);
INSERT INTO public.otree_ego_message VALUES (36, '0fd8d097d50d4daca8bd0483c4c3658c', '383cfee4f2d14d60a65be2736b26312f', 3, 'assistant', 'constant/5', '5', 'complete', false, 'constant/5', 'constant/5', '{"seed": 1822214455}', '1822214455', 0, 0, 0, 0, 0.00023102199975255644, 0.00010835100056283409, 'stop', '', '', '', 1, 1795866645.5748224);
INSERT INTO public.otree_ego_message VALUES (39, 'f75cfc2ab28b4595969e4c3fe1a10ee0', 'c9289839c8a743ef913ca3101fc42987', 2, 'user', '', 'How much?', 'complete', false, '', '', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', '', '', 0, 1795866645.5809155);
INSERT INTO public.otree_ego_message VALUES (38, 'a25d22ef109247d585aa3ab26fd09722', '5d242d0f1acb404ebe29e125f4c2cc06', 3, 'assistant', 'constant/5', '5', 'complete', false, 'constant/5', 'constant/5', '{"seed": 91342167}', '91342167', 0, 0, 0, 0, 0.00025085199922614265, 0.00011760399956983747, 'stop', '', '', '', 1, 1795866645.5808628);
INSERT INTO public.otree_ego_message VALUES (40, '40e1ba729ee44edd88a5cc70e9b26b41', 'c9289839c8a743ef913ca3101fc42987', 3, 'assistant', 'constant/5', '5', 'complete', false, 'constant/5', 'constant/5', '{"seed": 915662092}', '915662092', 0, 0, 0, 0, 0.00022941000042919768, 0.00010806999944179552, 'stop', '', '', '', 1, 1795866645.5809224);
INSERT INTO public.otree_ego_replication VALUES (1, '17c7f6091e4d458796eaa3abcede5ddb', 0, 1, 'done', false, '', '{"a": 2, "b": 4}', '12', 1, '', '', 0, 1795866645.072155, 1795866645.1871388);
INSERT INTO public.otree_ego_replication VALUES (2, '17c7f6091e4d458796eaa3abcede5ddb', 1, 1, 'done', false, '', '{"a": 2, "b": 5}', '12', 1, '', '', 0, 1795866645.072602, 1795866645.2066057);
INSERT INTO public.otree_ego_replication VALUES (3, '17c7f6091e4d458796eaa3abcede5ddb', 2, 1, 'done', false, '', '{"a": 3, "b": 4}', '12', 1, '', '', 0, 1795866645.079031, 1795866645.2072623);
INSERT INTO public.otree_ego_replication VALUES (4, '17c7f6091e4d458796eaa3abcede5ddb', 3, 1, 'done', false, '', '{"a": 3, "b": 5}', '12', 1, '', '', 0, 1795866645.0791562, 1795866645.2073548);
INSERT INTO public.otree_ego_replication VALUES (5, '17c7f6091e4d458796eaa3abcede5ddb', 4, 1, 'done', false, '', '{"a": 2, "b": 4}', '12', 1, '', '', 0, 1795866645.079264, 1795866645.207408);
INSERT INTO public.otree_ego_replication VALUES (6, '17c7f6091e4d458796eaa3abcede5ddb', 5, 1, 'done', false, '', '{"a": 2, "b": 5}', '12', 1, '', '', 0, 1795866645.079356, 1795866645.2074523);
INSERT INTO public.otree_ego_replication VALUES (7, '17c7f6091e4d458796eaa3abcede5ddb', 6, 1, 'done', false, '', '{"a": 3, "b": 4}', '12', 1, '', '', 0, 1795866645.0794477, 1795866645.207496);
INSERT INTO public.otree_ego_replication VALUES (8, '17c7f6091e4d458796eaa3abcede5ddb', 7, 1, 'done', false, '', '{"a": 3, "b": 5}', '12', 1, '', '', 0, 1795866645.079539, 1795866645.2075422);
INSERT INTO public.otree_ego_replication VALUES (9, '9bb6ba58c2cf4056866ad0571f231667', 1, 1, 'done', false, 'low', '{}', '8', 2, '', '', 0, 1795866645.5038261, 1795866645.6068814);
INSERT INTO public.otree_ego_replication VALUES (10, '9bb6ba58c2cf4056866ad0571f231667', 0, 1, 'done', false, 'high', '{}', '8', 2, '', '', 0, 1795866645.5033412, 1795866645.607085);
INSERT INTO public.otree_ego_replication VALUES (11, '9bb6ba58c2cf4056866ad0571f231667', 3, 1, 'done', false, 'low', '{}', '8', 2, '', '', 0, 1795866645.5048382, 1795866645.6081545);
INSERT INTO public.otree_ego_replication VALUES (12, '9bb6ba58c2cf4056866ad0571f231667', 2, 1, 'done', false, 'high', '{}', '8', 2, '', '', 0, 1795866645.504078, 1795866645.6082754);
INSERT INTO public.otree_ego_run VALUES (1, '17c7f6091e4d458796eaa3abcede5ddb', 'times', 'factorial', '036d75b8fcc450948c9130cb1c5013a7839a07cac0b8edc17990c29cb12797a1', 'done', '', 8, '{"prompt": "What is {{ a }} times {{ b }}?", "levels": {"a": [2, 3], "b": [4, 5]}, "agent": {"kind": "ConstantThread", "settings": {"model": "constant/It is 12.", "choices": [], "metadata": {}, "tainted": false}, "messages": {}}, "options": {}, "variables": {}, "seed": 7, "times": 2, "outcome": "result", "retries": 0, "parser": "extract_number"}', '{"script": "/study/make_store.py", "arguments": ["postgresql://postgres@127.0.0.1:39425/otree_1"], "folder": "/study", "versions": {"otree_ego": "0.1.0", "python": "3.11.7"}}', '', 1795866644.9515014, 1795866644.951425, 1795866645.294215);
INSERT INTO public.otree_ego_run VALUES (2, '9bb6ba58c2cf4056866ad0571f231667', 'dilemma', 'scenario', '2ebe4d63e9d3fc2468a91557e0b1d05b977bc9ae5867f00288678b09df825cf5', 'done', '', 4, '{"times": 4, "treatments": {"low": {}, "high": {}}, "balanced": true, "seed": 1}', '{"script": "/study/make_store.py", "arguments": ["postgresql://postgres@127.0.0.1:39425/otree_1"], "folder": "/study", "versions": {"otree_ego": "0.1.0", "python": "3.11.7"}}', '', 1795866645.4310327, 1795866645.4309726, 1795866645.6857653);
INSERT INTO public.otree_ego_schema VALUES (2);
INSERT INTO public.otree_ego_seat VALUES (1, 'adfbb9d1806645c0ab15f714a28a8b29', '17c7f6091e4d458796eaa3abcede5ddb', 0, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (2, 'd46af0546eac46739c956e2f75c87f1e', '17c7f6091e4d458796eaa3abcede5ddb', 1, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (3, '7a8be648c375428d8b4ca43d173dc8e4', '17c7f6091e4d458796eaa3abcede5ddb', 2, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (4, '6cff3a3fc0b840ecb3124a0f655aa26c', '17c7f6091e4d458796eaa3abcede5ddb', 3, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (5, 'd6b81d3a8cd04692bebeadcb2564ba74', '17c7f6091e4d458796eaa3abcede5ddb', 4, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (6, 'aa4032a3ce534089a46f7044236061d0', '17c7f6091e4d458796eaa3abcede5ddb', 5, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (7, '335c9f7c70dc495d8b89d83b0d43e1c2', '17c7f6091e4d458796eaa3abcede5ddb', 6, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (8, '75ad6d70372845298e645e794f1ff372', '17c7f6091e4d458796eaa3abcede5ddb', 7, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (9, '64aa1bc7b9f14e5dafbda8ee8caf70ba', '9bb6ba58c2cf4056866ad0571f231667', 1, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (10, '884b5f74d6b94b2aa0ed212e5549a12f', '9bb6ba58c2cf4056866ad0571f231667', 0, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (11, '19d00adddb03405ca856de8972defa63', '9bb6ba58c2cf4056866ad0571f231667', 2, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (12, '23b7974a1c04436fbb558e8620bb7cf8', '9bb6ba58c2cf4056866ad0571f231667', 3, 1, 1);
INSERT INTO public.otree_ego_seat VALUES (13, '383cfee4f2d14d60a65be2736b26312f', '9bb6ba58c2cf4056866ad0571f231667', 0, 1, 2);
INSERT INTO public.otree_ego_seat VALUES (14, '28691871ad2e4e0d9f79183211af638f', '9bb6ba58c2cf4056866ad0571f231667', 1, 1, 2);
INSERT INTO public.otree_ego_seat VALUES (15, 'c9289839c8a743ef913ca3101fc42987', '9bb6ba58c2cf4056866ad0571f231667', 2, 1, 2);
INSERT INTO public.otree_ego_seat VALUES (16, '5d242d0f1acb404ebe29e125f4c2cc06', '9bb6ba58c2cf4056866ad0571f231667', 3, 1, 2);
INSERT INTO public.otree_ego_thread VALUES (1, 'adfbb9d1806645c0ab15f714a28a8b29', 'run:17c7f6091e4d458796eaa3abcede5ddb:0.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.078178);
INSERT INTO public.otree_ego_thread VALUES (2, 'd46af0546eac46739c956e2f75c87f1e', 'run:17c7f6091e4d458796eaa3abcede5ddb:1.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.1077447);
INSERT INTO public.otree_ego_thread VALUES (3, '7a8be648c375428d8b4ca43d173dc8e4', 'run:17c7f6091e4d458796eaa3abcede5ddb:2.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.1077447);
INSERT INTO public.otree_ego_thread VALUES (4, '6cff3a3fc0b840ecb3124a0f655aa26c', 'run:17c7f6091e4d458796eaa3abcede5ddb:3.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.1077447);
INSERT INTO public.otree_ego_thread VALUES (5, 'd6b81d3a8cd04692bebeadcb2564ba74', 'run:17c7f6091e4d458796eaa3abcede5ddb:4.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.1077447);
INSERT INTO public.otree_ego_thread VALUES (6, 'aa4032a3ce534089a46f7044236061d0', 'run:17c7f6091e4d458796eaa3abcede5ddb:5.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.1077447);
INSERT INTO public.otree_ego_thread VALUES (7, '335c9f7c70dc495d8b89d83b0d43e1c2', 'run:17c7f6091e4d458796eaa3abcede5ddb:6.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.1077447);
INSERT INTO public.otree_ego_thread VALUES (8, '75ad6d70372845298e645e794f1ff372', 'run:17c7f6091e4d458796eaa3abcede5ddb:7.1/1', NULL, 'ConstantThread', 1, '\x80049546000000000000007d94288c056d6f64656c948c12636f6e7374616e742f49742069732031322e948c0763686f69636573945d948c086d65746164617461947d948c077461696e7465649489752e', 1795866645.1077447);
INSERT INTO public.otree_ego_thread VALUES (9, '64aa1bc7b9f14e5dafbda8ee8caf70ba', 'run:9bb6ba58c2cf4056866ad0571f231667:1.1/1', NULL, 'ConstantThread', 1, '\x80049510010000000000007d94288c0473656564944a6c05c00e8c056d6f64656c948c0a636f6e7374616e742f33948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c206133353466613262623661643466653361393965326430346466303235653035948c0473656174948c03616e6e94758c077461696e74656494898c0b7265706c69636174696f6e944b028c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c036c6f779473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5046558);
INSERT INTO public.otree_ego_thread VALUES (10, '884b5f74d6b94b2aa0ed212e5549a12f', 'run:9bb6ba58c2cf4056866ad0571f231667:0.1/1', NULL, 'ConstantThread', 1, '\x80049511010000000000007d94288c0473656564944a87ca9e128c056d6f64656c948c0a636f6e7374616e742f33948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c206364383662316630643130343464393762323434653231363334366637333635948c0473656174948c03616e6e94758c077461696e74656494898c0b7265706c69636174696f6e944b018c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c04686967689473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5046558);
INSERT INTO public.otree_ego_thread VALUES (11, '19d00adddb03405ca856de8972defa63', 'run:9bb6ba58c2cf4056866ad0571f231667:2.1/1', NULL, 'ConstantThread', 1, '\x80049511010000000000007d94288c0473656564944a7e2d49018c056d6f64656c948c0a636f6e7374616e742f33948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c206565373834613866616130373437373038643165623563363862643963356432948c0473656174948c03616e6e94758c077461696e74656494898c0b7265706c69636174696f6e944b038c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c04686967689473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5142384);
INSERT INTO public.otree_ego_thread VALUES (12, '23b7974a1c04436fbb558e8620bb7cf8', 'run:9bb6ba58c2cf4056866ad0571f231667:3.1/1', NULL, 'ConstantThread', 1, '\x80049510010000000000007d94288c0473656564944ace87046d8c056d6f64656c948c0a636f6e7374616e742f33948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c203738376566616163653166343436316561663737343032313466333430346163948c0473656174948c03616e6e94758c077461696e74656494898c0b7265706c69636174696f6e944b048c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c036c6f779473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5142384);
INSERT INTO public.otree_ego_thread VALUES (13, '383cfee4f2d14d60a65be2736b26312f', 'run:9bb6ba58c2cf4056866ad0571f231667:0.1/2', NULL, 'ConstantThread', 1, '\x80049511010000000000007d94288c0473656564944a37c99c6c8c056d6f64656c948c0a636f6e7374616e742f35948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c206364383662316630643130343464393762323434653231363334366637333635948c0473656174948c03626f6294758c077461696e74656494898c0b7265706c69636174696f6e944b018c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c04686967689473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5242362);
INSERT INTO public.otree_ego_thread VALUES (14, '28691871ad2e4e0d9f79183211af638f', 'run:9bb6ba58c2cf4056866ad0571f231667:1.1/2', NULL, 'ConstantThread', 1, '\x80049510010000000000007d94288c0473656564944aa373602c8c056d6f64656c948c0a636f6e7374616e742f35948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c206133353466613262623661643466653361393965326430346466303235653035948c0473656174948c03626f6294758c077461696e74656494898c0b7265706c69636174696f6e944b028c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c036c6f779473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5242362);
INSERT INTO public.otree_ego_thread VALUES (15, 'c9289839c8a743ef913ca3101fc42987', 'run:9bb6ba58c2cf4056866ad0571f231667:2.1/2', NULL, 'ConstantThread', 1, '\x80049511010000000000007d94288c0473656564944a0ce593368c056d6f64656c948c0a636f6e7374616e742f35948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c206565373834613866616130373437373038643165623563363862643963356432948c0473656174948c03626f6294758c077461696e74656494898c0b7265706c69636174696f6e944b038c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c04686967689473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5342824);
INSERT INTO public.otree_ego_thread VALUES (16, '5d242d0f1acb404ebe29e125f4c2cc06', 'run:9bb6ba58c2cf4056866ad0571f231667:3.1/2', NULL, 'ConstantThread', 1, '\x80049510010000000000007d94288c0473656564944a57c571058c056d6f64656c948c0a636f6e7374616e742f35948c0763686f69636573945d948c086d65746164617461947d94288c05636f6e766f948c203738376566616163653166343436316561663737343032313466333430346163948c0473656174948c03626f6294758c077461696e74656494898c0b7265706c69636174696f6e944b048c0974726561746d656e74948c1f6f747265655f65676f2e6578706572696d656e742e74726561746d656e7473948c055f6d6164659493947d948c046e616d65948c036c6f779473859452948c0a6578706572696d656e74948c20396262366261353863326366343035363836366164303537316632333136363794752e', 1795866645.5342824);
SELECT pg_catalog.setval('public.otree_ego_batch_id_seq', 1, false);
SELECT pg_catalog.setval('public.otree_ego_message_id_seq', 40, true);
SELECT pg_catalog.setval('public.otree_ego_replication_id_seq', 12, true);
SELECT pg_catalog.setval('public.otree_ego_run_id_seq', 2, true);
SELECT pg_catalog.setval('public.otree_ego_seat_id_seq', 16, true);
SELECT pg_catalog.setval('public.otree_ego_thread_id_seq', 16, true);
ALTER TABLE ONLY public.otree_ego_batch
    ADD CONSTRAINT otree_ego_batch_label_key UNIQUE (label);
ALTER TABLE ONLY public.otree_ego_batch
    ADD CONSTRAINT otree_ego_batch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_message
    ADD CONSTRAINT otree_ego_message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_message
    ADD CONSTRAINT otree_ego_message_uid_key UNIQUE (uid);
ALTER TABLE ONLY public.otree_ego_replication
    ADD CONSTRAINT otree_ego_replication_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_run
    ADD CONSTRAINT otree_ego_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_run
    ADD CONSTRAINT otree_ego_run_uid_key UNIQUE (uid);
ALTER TABLE ONLY public.otree_ego_seat
    ADD CONSTRAINT otree_ego_seat_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_seat
    ADD CONSTRAINT otree_ego_seat_thread_key UNIQUE (thread);
ALTER TABLE ONLY public.otree_ego_thread
    ADD CONSTRAINT otree_ego_thread_owner_key UNIQUE (owner);
ALTER TABLE ONLY public.otree_ego_thread
    ADD CONSTRAINT otree_ego_thread_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.otree_ego_thread
    ADD CONSTRAINT otree_ego_thread_uid_key UNIQUE (uid);
CREATE INDEX ix_otree_ego_batch_run ON public.otree_ego_batch USING btree (run);
CREATE INDEX ix_otree_ego_message_place ON public.otree_ego_message USING btree (thread, seq);
CREATE INDEX ix_otree_ego_message_status ON public.otree_ego_message USING btree (status);
CREATE UNIQUE INDEX ix_otree_ego_replication_place ON public.otree_ego_replication USING btree (run, place);
CREATE INDEX ix_otree_ego_run_design ON public.otree_ego_run USING btree (design);
CREATE INDEX ix_otree_ego_seat_place ON public.otree_ego_seat USING btree (run, place, attempt, seat);
CREATE INDEX ix_otree_ego_thread_session_id ON public.otree_ego_thread USING btree (session_id);
ALTER TABLE ONLY public.otree_ego_batch
    ADD CONSTRAINT otree_ego_batch_run_fkey FOREIGN KEY (run) REFERENCES public.otree_ego_run(uid) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_message
    ADD CONSTRAINT otree_ego_message_thread_fkey FOREIGN KEY (thread) REFERENCES public.otree_ego_thread(uid) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_replication
    ADD CONSTRAINT otree_ego_replication_run_fkey FOREIGN KEY (run) REFERENCES public.otree_ego_run(uid) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_seat
    ADD CONSTRAINT otree_ego_seat_run_fkey FOREIGN KEY (run) REFERENCES public.otree_ego_run(uid) ON DELETE CASCADE;
ALTER TABLE ONLY public.otree_ego_seat
    ADD CONSTRAINT otree_ego_seat_thread_fkey FOREIGN KEY (thread) REFERENCES public.otree_ego_thread(uid) ON DELETE CASCADE;
