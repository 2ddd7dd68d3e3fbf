PRAGMA user_version=0;
BEGIN TRANSACTION;
CREATE TABLE otree_ego_batch (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	label VARCHAR(100) NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	batch VARCHAR(300) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	requests TEXT NOT NULL, 
	created FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE, 
	UNIQUE (label)
);
CREATE TABLE otree_ego_learned (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	service VARCHAR(300) NOT NULL, 
	address TEXT NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	words TEXT NOT NULL, 
	time FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
CREATE TABLE otree_ego_message (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	seq INTEGER NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	author VARCHAR(300) NOT NULL, 
	text TEXT NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	hidden BOOLEAN NOT NULL, 
	model VARCHAR(300) NOT NULL, 
	model_answered VARCHAR(300) NOT NULL, 
	params TEXT NOT NULL, 
	seed VARCHAR(40), 
	tokens_in INTEGER, 
	tokens_out INTEGER, 
	tokens_reasoning INTEGER, 
	cost FLOAT, 
	latency FLOAT, 
	first_token FLOAT, 
	finish_reason VARCHAR(100) NOT NULL, 
	error VARCHAR(100) NOT NULL, 
	error_text TEXT NOT NULL, 
	trouble TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	time FLOAT NOT NULL, forgotten FLOAT, pseudonymised FLOAT, worker VARCHAR(100), asked FLOAT, first_piece FLOAT, completed FLOAT, delivered FLOAT, request TEXT DEFAULT '' NOT NULL, characters_delivered INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (uid), 
	FOREIGN KEY(thread) REFERENCES otree_ego_thread (uid) ON DELETE CASCADE, 
	CHECK (hidden IN (0, 1))
);
INSERT INTO "otree_ego_message" VALUES(1,'ce681c5b9a5d412da826557f7fb7e919','f6689b465f8d4033909e462b44061dc9',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556575020575526e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(2,'ae0004ac8d004b42af18f00587666130','a7b7fe58ce394400b9030433bc301a8a',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.7959155657594347e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(3,'532245a2029940ed973b36b9578a08c8','85a82f8ff1c840be96f66a7ab0709ed3',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576096415516e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(4,'bd81201be3e94874ae68e8d0d5af9575','71ddeb1395174084898d9bbc7486b533',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576645016663e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(5,'67fcfffc6fa444bd925869f41663ce75','e44cb9c1be0d4ecd984a0e8dc5623bfa',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576747655863e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(6,'8f3434a13d2940368f63429c41257c71','3ba48b64a6454ec991f3fdf026ca4085',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576794576642e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(7,'5cdd2c1beeab44ffa3a5b7f6a5c1a94f','773aac48dfd545a4b2abe44ff54b4b2c',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576838684081e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(8,'6d96bcc9ae4541bba010d0b92590c0b8','9cb69ee21342469d8ceb59736af09409',1,'system','','Be brief.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576875162123e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(9,'2b6308f4f2014cf987ef28c15a2c9f71','f6689b465f8d4033909e462b44061dc9',2,'user','','Estimate Bush in 2008.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556575899529454e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(10,'504d695873954c608aa15076dcedd665','f6689b465f8d4033909e462b44061dc9',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 7}','7',6,1,0,1.1e-06,2.02297232099954271689e+00,1.99423802600358612835e+00,'stop','','','',1,1.79591556575903844826e+09,NULL,NULL,NULL,1.79591556577853965763e+09,1.79591556777277779576e+09,1.79591556780141115186e+09,NULL,'{"tries":[{"head":"661293f87835","turns":["1-2"],"id":"chatcmpl-5778b1cbad794148bd2c4a171ecd1eae","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"661293f87835":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":7}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(11,'3df4b8d970624bda955e06c888659a41','a7b7fe58ce394400b9030433bc301a8a',2,'user','','Estimate Bush in 2009.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.7959155657603394985e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(12,'0e366c0e2e10419eb9a19c074a546918','a7b7fe58ce394400b9030433bc301a8a',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 8}','8',6,1,0,1.1e-06,2.06019671199464937672e+00,2.03213187099754577502e+00,'stop','','','',1,1.79591556576036930079e+09,NULL,NULL,NULL,1.79591556577875757216e+09,1.79591556781088948252e+09,1.79591556783894443511e+09,NULL,'{"tries":[{"head":"2e1de2c23bab","turns":["1-2"],"id":"chatcmpl-aee460ec8c6c4a9580c0e97381537a4e","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"2e1de2c23bab":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":8}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(13,'fead1c3f6ece4994966a4834e9d59a32','85a82f8ff1c840be96f66a7ab0709ed3',2,'user','','Estimate Obama in 2008.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576181244847e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(14,'0847c4dd199240188beab421e927bd65','85a82f8ff1c840be96f66a7ab0709ed3',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 9}','9',6,1,0,1.1e-06,2.0600182279958971776e+00,2.03237424899998586624e+00,'stop','','','',1,1.79591556576185584067e+09,NULL,NULL,NULL,1.79591556577905058856e+09,1.79591556781142473219e+09,1.79591556783905506133e+09,NULL,'{"tries":[{"head":"91ab9c652c4a","turns":["1-2"],"id":"chatcmpl-a6fb38b342ed4da2a470718ef94b9401","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"91ab9c652c4a":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":9}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(15,'ae8402e33b834b9f862703ca12a07b82','71ddeb1395174084898d9bbc7486b533',2,'user','','Estimate Obama in 2009.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576725173001e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(16,'abfbe795b8e142d7ab1d763450e274bb','71ddeb1395174084898d9bbc7486b533',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 10}','10',6,1,0,1.1e-06,2.05994285500491969287e+00,2.03260423000028822571e+00,'stop','','','',1,1.79591556576727080342e+09,NULL,NULL,NULL,1.79591556577923202511e+09,1.79591556781183624268e+09,1.79591556783915066715e+09,NULL,'{"tries":[{"head":"2d8e18826feb","turns":["1-2"],"id":"chatcmpl-9ed59de2532842748f3956538905e992","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"2d8e18826feb":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":10}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(17,'affc6f413c554a2f83dc6dcf6eeef18d','e44cb9c1be0d4ecd984a0e8dc5623bfa',2,'user','','Estimate Bush in 2008.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576778054237e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(18,'8dac72aa78744f778f794c7352eb0e96','e44cb9c1be0d4ecd984a0e8dc5623bfa',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 11}','11',6,1,0,1.1e-06,2.0598837880024802871e+00,2.03289824599778512492e+00,'stop','','','',1,1.79591556576779270166e+09,NULL,NULL,NULL,1.79591556577936673159e+09,1.79591556781226491931e+09,1.79591556783924055098e+09,NULL,'{"tries":[{"head":"694f45530e66","turns":["1-2"],"id":"chatcmpl-1adb787bd5c24a7fbff972c7fe3621e6","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"694f45530e66":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":11}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(19,'6b7b4d8207ad4a0280727086d9d5f985','3ba48b64a6454ec991f3fdf026ca4085',2,'user','','Estimate Bush in 2009.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576827239988e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(20,'ae3ae52270754b9aabe8f79867766cc8','3ba48b64a6454ec991f3fdf026ca4085',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 12}','12',6,1,0,1.1e-06,2.05986755399499088525e+00,2.03323063899733824655e+00,'stop','','','',1,1.79591556576828408238e+09,NULL,NULL,NULL,1.79591556577946758269e+09,1.79591556781269812582e+09,1.79591556783933424946e+09,NULL,'{"tries":[{"head":"546937c9dd06","turns":["1-2"],"id":"chatcmpl-eeaf59282a354b7faab051af1390b3e3","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"546937c9dd06":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":12}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(21,'0529a3b263f4467498ed9c88c68ff3f5','773aac48dfd545a4b2abe44ff54b4b2c',2,'user','','Estimate Obama in 2008.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576864361761e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(22,'71b1c6f7a4114562a56725391fb720f8','773aac48dfd545a4b2abe44ff54b4b2c',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 13}','13',6,1,0,1.1e-06,2.05900631799886468797e+00,2.02859193600306753069e+00,'stop','','','',1,1.795915565768654108e+09,NULL,NULL,NULL,1795915565.77956,1.79591556780815196038e+09,1.79591556783859252928e+09,NULL,'{"tries":[{"head":"69b2dc3282ab","turns":["1-2"],"id":"chatcmpl-daba762320654b7782392c802b87a089","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"69b2dc3282ab":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":13}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(23,'23526f0d38b2466793aef6ed238acd86','9cb69ee21342469d8ceb59736af09409',2,'user','','Estimate Obama in 2009.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556576903200147e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(24,'833adb9042d14c19843c7402c32a9192','9cb69ee21342469d8ceb59736af09409',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','{"seed": 14}','14',6,1,0,1.1e-06,2.05915746200480498373e+00,2.03071041400107787922e+00,'stop','','','',1,1.79591556576905870441e+09,NULL,NULL,NULL,1.79591556577967262266e+09,1.79591556781038308139e+09,1.79591556783882522587e+09,NULL,'{"tries":[{"head":"2dcd535ac7bf","turns":["1-2"],"id":"chatcmpl-d827facea5674e1aa6e6ed040a382a77","fingerprint":"fp_fake"}],"policy":"4b40d8c2a52e","parts":{"2dcd535ac7bf":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null,\"seed\":14}}","4b40d8c2a52e":"{\"deadline\":50.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
INSERT INTO "otree_ego_message" VALUES(25,'e495248e679f40f2ac3333f51a54a598','6f6a1927c0a34f52aa9a0eb6dba57c73',1,'system','','You are Bob.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79591556799468088151e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(26,'86778d224f59414ca0b86fa8ab775392','6f6a1927c0a34f52aa9a0eb6dba57c73',2,'user','','Draw Bush.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.7959155679961633683e+09,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'',NULL);
INSERT INTO "otree_ego_message" VALUES(27,'8980d2aded26494e8e8001fc494f0fca','6f6a1927c0a34f52aa9a0eb6dba57c73',3,'assistant','gpt-6-luna','then','complete',0,'gpt-6-luna','gpt-6-luna','',NULL,5,1,0,1.0e-06,1.18686950008850544691e-02,1.11729039999772794544e-02,'stop','','','',1,1.795915567996181488e+09,NULL,NULL,NULL,1.79591556799673414228e+09,1.79591556800790715219e+09,1.79591556800856232646e+09,NULL,'{"tries":[{"head":"61633fd57e29","turns":["1-2"],"id":"chatcmpl-4b92281ecff94116a8f9491951ea63ff","fingerprint":"fp_fake"}],"policy":"4c4114a4eaa7","parts":{"61633fd57e29":"{\"model\":\"gpt-6-luna\",\"service\":\"openai\",\"protocol\":\"openai\",\"address\":\"http://127.0.0.1:44423/v1\",\"body\":{\"model\":\"gpt-6-luna\",\"messages\":null}}","4c4114a4eaa7":"{\"deadline\":60.0,\"retries\":2,\"backoff\":1.0,\"fallback_model\":\"\",\"fallback_text\":\"\"}"}}',NULL);
CREATE TABLE otree_ego_replication (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	place INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	tainted BOOLEAN NOT NULL, 
	treatment VARCHAR(300) NOT NULL, 
	levels TEXT NOT NULL, 
	result TEXT NOT NULL, 
	answers INTEGER NOT NULL, 
	error VARCHAR(100) NOT NULL, 
	error_text TEXT NOT NULL, 
	cost FLOAT, 
	started FLOAT NOT NULL, 
	ended FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE, 
	CHECK (tainted IN (0, 1))
);
INSERT INTO "otree_ego_replication" VALUES(1,'540418f7327b418280717fe441ea8cf5',0,1,'done',0,'','{"who": "Bush", "year": 2008}','"then"',1,'','',1.1e-06,1.79591556574589967729e+09,1.79591556783831143373e+09);
INSERT INTO "otree_ego_replication" VALUES(2,'540418f7327b418280717fe441ea8cf5',6,1,'done',0,'','{"who": "Obama", "year": 2008}','"then"',1,'','',1.1e-06,1.79591556576834917072e+09,1.79591556784089851381e+09);
INSERT INTO "otree_ego_replication" VALUES(3,'540418f7327b418280717fe441ea8cf5',7,1,'done',0,'','{"who": "Obama", "year": 2009}','"then"',1,'','',1.1e-06,1.79591556576871275901e+09,1.79591556784097862247e+09);
INSERT INTO "otree_ego_replication" VALUES(4,'540418f7327b418280717fe441ea8cf5',1,1,'done',0,'','{"who": "Bush", "year": 2009}','"then"',1,'','',1.1e-06,1795915565.75928,1.79591556784103322029e+09);
INSERT INTO "otree_ego_replication" VALUES(5,'540418f7327b418280717fe441ea8cf5',2,1,'done',0,'','{"who": "Obama", "year": 2008}','"then"',1,'','',1.1e-06,1.7959155657608430385e+09,1795915567.84113);
INSERT INTO "otree_ego_replication" VALUES(6,'540418f7327b418280717fe441ea8cf5',3,1,'done',0,'','{"who": "Obama", "year": 2009}','"then"',1,'','',1.1e-06,1.79591556576199936866e+09,1.79591556784118294718e+09);
INSERT INTO "otree_ego_replication" VALUES(7,'540418f7327b418280717fe441ea8cf5',4,1,'done',0,'','{"who": "Bush", "year": 2008}','"then"',1,'','',1.1e-06,1.79591556576740574843e+09,1.79591556784122443205e+09);
INSERT INTO "otree_ego_replication" VALUES(8,'540418f7327b418280717fe441ea8cf5',5,1,'done',0,'','{"who": "Bush", "year": 2009}','"then"',1,'','',1.1e-06,1.79591556576787018777e+09,1.79591556784127235409e+09);
INSERT INTO "otree_ego_replication" VALUES(9,'38500d44822148418128d419110b5ec1',0,1,'done',0,'','{"who": "Bush"}','"then"',1,'','',1.0e-06,1.79591556799451637269e+09,1.79591556801072072977e+09);
CREATE TABLE otree_ego_run (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	name VARCHAR(300) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	design VARCHAR(64) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	note TEXT NOT NULL, 
	planned INTEGER NOT NULL, 
	settings TEXT NOT NULL, 
	source TEXT NOT NULL, 
	holder VARCHAR(300) NOT NULL, 
	beat FLOAT NOT NULL, 
	created FLOAT NOT NULL, 
	ended FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (uid)
);
INSERT INTO "otree_ego_run" VALUES(1,'540418f7327b418280717fe441ea8cf5','approval','factorial','7285b0f24a33b99c3a1ac180321fa44e67585be76314cdc8dc1ec1f9c4666128','done','',8,'{"prompt": "Estimate {{ who }} in {{ year }}.", "levels": {"who": ["Bush", "Obama"], "year": [2008, 2009]}, "agent": {"kind": "GPTThread", "settings": {"model": "gpt-6-luna", "deadline": 50.0, "choices": [], "metadata": {}, "tainted": false, "mood": "calm"}, "messages": {"0": ["system", "Be brief."]}}, "options": {}, "variables": {}, "seed": 7, "times": 2, "outcome": "result", "retries": 0, "parser": null}','{"script": "/study/study.py", "arguments": [], "folder": "/study", "versions": {"otree_ego": "0.1.0", "python": "3.11.7"}}','',1.79591556569325852391e+09,1.79591556569314789769e+09,1.79591556789453768733e+09);
INSERT INTO "otree_ego_run" VALUES(2,'38500d44822148418128d419110b5ec1','drawn','factorial','4f1006c39c648e4c51906e575e3ea183c06a100c92b821e0a493e86364ecf419','done','',1,'{"prompt": "Draw {{ who }}.", "levels": {"who": ["Bush"]}, "agent": {"kind": "GPTThread", "settings": {"model": "gpt-6-luna", "choices": [], "metadata": {}, "tainted": false}, "messages": {}}, "options": {}, "variables": {}, "seed": null, "times": 1, "outcome": "result", "retries": 0, "parser": null}','{"script": "/study/study.py", "arguments": [], "folder": "/study", "versions": {"otree_ego": "0.1.0", "python": "3.11.7"}}','',1.79591556796757459641e+09,1.79591556796748924259e+09,1.7959155680504515171e+09);
CREATE TABLE otree_ego_schema (
	version INTEGER NOT NULL
);
INSERT INTO "otree_ego_schema" VALUES(11);
CREATE TABLE otree_ego_seat (
	id INTEGER NOT NULL, 
	thread VARCHAR(32) NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	place INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	seat INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (thread), 
	FOREIGN KEY(thread) REFERENCES otree_ego_thread (uid) ON DELETE CASCADE, 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
INSERT INTO "otree_ego_seat" VALUES(1,'f6689b465f8d4033909e462b44061dc9','540418f7327b418280717fe441ea8cf5',0,1,1);
INSERT INTO "otree_ego_seat" VALUES(2,'a7b7fe58ce394400b9030433bc301a8a','540418f7327b418280717fe441ea8cf5',1,1,1);
INSERT INTO "otree_ego_seat" VALUES(3,'85a82f8ff1c840be96f66a7ab0709ed3','540418f7327b418280717fe441ea8cf5',2,1,1);
INSERT INTO "otree_ego_seat" VALUES(4,'71ddeb1395174084898d9bbc7486b533','540418f7327b418280717fe441ea8cf5',3,1,1);
INSERT INTO "otree_ego_seat" VALUES(5,'e44cb9c1be0d4ecd984a0e8dc5623bfa','540418f7327b418280717fe441ea8cf5',4,1,1);
INSERT INTO "otree_ego_seat" VALUES(6,'3ba48b64a6454ec991f3fdf026ca4085','540418f7327b418280717fe441ea8cf5',5,1,1);
INSERT INTO "otree_ego_seat" VALUES(7,'773aac48dfd545a4b2abe44ff54b4b2c','540418f7327b418280717fe441ea8cf5',6,1,1);
INSERT INTO "otree_ego_seat" VALUES(8,'9cb69ee21342469d8ceb59736af09409','540418f7327b418280717fe441ea8cf5',7,1,1);
INSERT INTO "otree_ego_seat" VALUES(9,'6f6a1927c0a34f52aa9a0eb6dba57c73','38500d44822148418128d419110b5ec1',0,1,1);
CREATE TABLE otree_ego_surroundings (
	id INTEGER NOT NULL, 
	run VARCHAR(32) NOT NULL, 
	time FLOAT NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run) REFERENCES otree_ego_run (uid) ON DELETE CASCADE
);
CREATE TABLE otree_ego_thread (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	owner VARCHAR(300) NOT NULL, 
	session_id INTEGER, 
	kind VARCHAR(300) NOT NULL, 
	version INTEGER NOT NULL, 
	state BLOB NOT NULL, 
	created FLOAT NOT NULL, closed FLOAT, replaced_by VARCHAR(32), forgotten FLOAT, asked_in VARCHAR(300) DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (uid), 
	UNIQUE (owner)
);
INSERT INTO "otree_ego_thread" VALUES(1,'f6689b465f8d4033909e462b44061dc9','run:540418f7327b418280717fe441ea8cf5:0.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.79591556575049591062e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(2,'a7b7fe58ce394400b9030433bc301a8a','run:540418f7327b418280717fe441ea8cf5:1.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.79591556575965809825e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(3,'85a82f8ff1c840be96f66a7ab0709ed3','run:540418f7327b418280717fe441ea8cf5:2.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.79591556576114749904e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(4,'71ddeb1395174084898d9bbc7486b533','run:540418f7327b418280717fe441ea8cf5:3.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.79591556576668739324e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(5,'e44cb9c1be0d4ecd984a0e8dc5623bfa','run:540418f7327b418280717fe441ea8cf5:4.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.7959155657675421238e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(6,'3ba48b64a6454ec991f3fdf026ca4085','run:540418f7327b418280717fe441ea8cf5:5.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.79591556576802492141e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(7,'773aac48dfd545a4b2abe44ff54b4b2c','run:540418f7327b418280717fe441ea8cf5:6.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.79591556576843309404e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(8,'9cb69ee21342469d8ceb59736af09409','run:540418f7327b418280717fe441ea8cf5:7.1/1',NULL,'GPTThread',1,X'80049560000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C08646561646C696E65944740490000000000008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0463616C6D94752E',1.79591556576879763599e+09,NULL,NULL,NULL,'');
INSERT INTO "otree_ego_thread" VALUES(9,'6f6a1927c0a34f52aa9a0eb6dba57c73','run:38500d44822148418128d419110b5ec1:0.1/1',NULL,'GPTThread',1,X'8004953E000000000000007D94288C056D6F64656C948C0A6770742D362D6C756E61948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79591556799541020392e+09,NULL,NULL,NULL,'');
CREATE INDEX ix_otree_ego_thread_session_id ON otree_ego_thread (session_id);
CREATE INDEX ix_otree_ego_message_status ON otree_ego_message (status);
CREATE INDEX ix_otree_ego_message_place ON otree_ego_message (thread, seq);
CREATE INDEX ix_otree_ego_run_design ON otree_ego_run (design);
CREATE UNIQUE INDEX ix_otree_ego_replication_place ON otree_ego_replication (run, place);
CREATE INDEX ix_otree_ego_seat_place ON otree_ego_seat (run, place, attempt, seat);
CREATE INDEX ix_otree_ego_batch_run ON otree_ego_batch (run);
CREATE INDEX ix_otree_ego_learned_run ON otree_ego_learned (run);
CREATE INDEX ix_otree_ego_surroundings_run ON otree_ego_surroundings (run);
COMMIT;
