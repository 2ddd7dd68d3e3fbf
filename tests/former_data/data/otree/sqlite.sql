PRAGMA user_version=0;
BEGIN TRANSACTION;
CREATE TABLE decide_group (
	id INTEGER NOT NULL, 
	id_in_subsession INTEGER, 
	round_number INTEGER, 
	subsession_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES decide_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "decide_group" VALUES(1,1,1,1,4);
CREATE TABLE decide_player (
	id INTEGER NOT NULL, 
	id_in_group INTEGER, 
	_payoff TEXT, 
	round_number INTEGER, 
	_role VARCHAR NOT NULL, 
	answer INTEGER, 
	note TEXT, 
	subsession_id INTEGER, 
	group_id INTEGER, 
	participant_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES decide_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(group_id) REFERENCES decide_group (id), 
	FOREIGN KEY(participant_id) REFERENCES otree_participant (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "decide_player" VALUES(1,1,'84',1,'',42,'said 42',1,1,16,4);
INSERT INTO "decide_player" VALUES(2,2,'14',1,'',7,'instead of Overloaded',1,1,17,4);
INSERT INTO "decide_player" VALUES(3,3,'0',1,'',NULL,NULL,1,1,18,4);
INSERT INTO "decide_player" VALUES(4,4,'0',1,'',NULL,NULL,1,1,19,4);
INSERT INTO "decide_player" VALUES(5,5,'0',1,'',NULL,NULL,1,1,20,4);
INSERT INTO "decide_player" VALUES(6,6,'0',1,'',NULL,NULL,1,1,21,4);
INSERT INTO "decide_player" VALUES(7,7,'0',1,'',NULL,NULL,1,1,22,4);
CREATE TABLE decide_subsession (
	id INTEGER NOT NULL, 
	round_number INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "decide_subsession" VALUES(1,1,4);
CREATE TABLE ego_chat_group (
	id INTEGER NOT NULL, 
	id_in_subsession INTEGER, 
	round_number INTEGER, 
	subsession_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES ego_chat_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "ego_chat_group" VALUES(1,1,1,1,1);
CREATE TABLE ego_chat_player (
	id INTEGER NOT NULL, 
	id_in_group INTEGER, 
	_payoff TEXT, 
	round_number INTEGER, 
	_role VARCHAR NOT NULL, 
	nickname VARCHAR(40), 
	subsession_id INTEGER, 
	group_id INTEGER, 
	participant_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES ego_chat_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(group_id) REFERENCES ego_chat_group (id), 
	FOREIGN KEY(participant_id) REFERENCES otree_participant (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "ego_chat_player" VALUES(1,1,'0',1,'','Ann',1,1,1,1);
INSERT INTO "ego_chat_player" VALUES(2,2,'0',1,'','Bob',1,1,2,1);
INSERT INTO "ego_chat_player" VALUES(3,3,'0',1,'','Cem',1,1,3,1);
INSERT INTO "ego_chat_player" VALUES(4,4,'0',1,'','Dea',1,1,4,1);
INSERT INTO "ego_chat_player" VALUES(5,5,'0',1,'','Eva',1,1,5,1);
INSERT INTO "ego_chat_player" VALUES(6,6,'0',1,'',NULL,1,1,6,1);
INSERT INTO "ego_chat_player" VALUES(7,7,'0',1,'','Gus',1,1,7,1);
CREATE TABLE ego_chat_subsession (
	id INTEGER NOT NULL, 
	round_number INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "ego_chat_subsession" VALUES(1,1,1);
CREATE TABLE group_chat_group (
	id INTEGER NOT NULL, 
	id_in_subsession INTEGER, 
	round_number INTEGER, 
	speaks VARCHAR(10000), 
	subsession_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES group_chat_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "group_chat_group" VALUES(1,1,1,NULL,1,2);
INSERT INTO "group_chat_group" VALUES(2,2,1,'always',1,2);
CREATE TABLE group_chat_player (
	id INTEGER NOT NULL, 
	id_in_group INTEGER, 
	_payoff TEXT, 
	round_number INTEGER, 
	_role VARCHAR NOT NULL, 
	nickname VARCHAR(20), 
	came FLOAT, 
	liked INTEGER, 
	comment TEXT, 
	subsession_id INTEGER, 
	group_id INTEGER, 
	participant_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES group_chat_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(group_id) REFERENCES group_chat_group (id), 
	FOREIGN KEY(participant_id) REFERENCES otree_participant (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "group_chat_player" VALUES(1,1,'0',1,'','Kim',1.79586432416144466399e+09,NULL,NULL,1,2,8,2);
INSERT INTO "group_chat_player" VALUES(2,2,'0',1,'','Lou',1.79586432421768093107e+09,NULL,NULL,1,2,9,2);
INSERT INTO "group_chat_player" VALUES(3,3,'0',1,'',NULL,NULL,NULL,NULL,1,1,10,2);
INSERT INTO "group_chat_player" VALUES(4,4,'0',1,'',NULL,NULL,NULL,NULL,1,1,11,2);
CREATE TABLE group_chat_subsession (
	id INTEGER NOT NULL, 
	round_number INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "group_chat_subsession" VALUES(1,1,2);
CREATE TABLE otree_chatmessage (
	id INTEGER NOT NULL, 
	channel VARCHAR(255), 
	participant_id INTEGER, 
	nickname VARCHAR(255), 
	body TEXT, 
	timestamp FLOAT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(participant_id) REFERENCES otree_participant (id) ON DELETE CASCADE
);
CREATE TABLE otree_completedgbatwaitpage (
	id INTEGER NOT NULL, 
	page_index INTEGER, 
	id_in_subsession INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "otree_completedgbatwaitpage" VALUES(1,1,2,2);
CREATE TABLE otree_completedgroupwaitpage (
	id INTEGER NOT NULL, 
	page_index INTEGER, 
	group_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "otree_completedgroupwaitpage" VALUES(1,2,-1,4);
INSERT INTO "otree_completedgroupwaitpage" VALUES(2,2,-2,4);
CREATE TABLE otree_completedsubsessionwaitpage (
	id INTEGER NOT NULL, 
	page_index INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE TABLE otree_ego_assignment (
	id INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	line VARCHAR(300) NOT NULL, 
	owner VARCHAR(300) NOT NULL, 
	place INTEGER NOT NULL, 
	seed VARCHAR(40) NOT NULL, 
	levels TEXT NOT NULL, 
	design TEXT NOT NULL, 
	created FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "otree_ego_assignment" VALUES(1,2,'group::speaks','group:group_chat:1:gbebfpfz:2',1,'156420961','{"speaks": "always"}','{"speaks": [["always", 1]]}',1.79586432424387764934e+09);
INSERT INTO "otree_ego_assignment" VALUES(2,3,'participant:ultimatum:frame,method,model,seat','participant:zxhhzvvc',1,'1161133630','{"frame": "give", "method": "direct", "model": "gpt-4o-mini", "seat": "responder"}','{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}',1.79586432496342229847e+09);
INSERT INTO "otree_ego_assignment" VALUES(3,3,'participant:ultimatum:frame,method,model,seat','participant:0xdawwan',2,'1161133630','{"frame": "split", "method": "direct", "model": "gpt-4o", "seat": "responder"}','{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}',1.79586432496342229847e+09);
INSERT INTO "otree_ego_assignment" VALUES(4,3,'participant:ultimatum:frame,method,model,seat','participant:uly0886u',3,'1161133630','{"frame": "split", "method": "direct", "model": "gpt-4o-mini", "seat": "responder"}','{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}',1.79586432496342229847e+09);
INSERT INTO "otree_ego_assignment" VALUES(5,3,'participant:ultimatum:frame,method,model,seat','participant:evb86n9q',4,'1161133630','{"frame": "give", "method": "direct", "model": "gpt-4o", "seat": "responder"}','{"frame": [["split", 1], ["give", 1]], "method": [["direct", 1]], "model": [["gpt-4o", 1], ["gpt-4o-mini", 1]], "seat": [["responder", 1]]}',1.79586432496342229847e+09);
INSERT INTO "otree_ego_assignment" VALUES(6,5,'participant::bonus,frame','participant:jszwjlli',1,'11','{"bonus": 10, "frame": "give"}','{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}',1.79586432784159445762e+09);
INSERT INTO "otree_ego_assignment" VALUES(7,5,'participant::bonus,frame','participant:3fnd70p3',2,'11','{"bonus": 5, "frame": "take"}','{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}',1.79586432784159445762e+09);
INSERT INTO "otree_ego_assignment" VALUES(8,5,'participant::bonus,frame','participant:7umag34s',3,'11','{"bonus": 5, "frame": "give"}','{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}',1.79586432784159445762e+09);
INSERT INTO "otree_ego_assignment" VALUES(9,5,'participant::bonus,frame','participant:v53o8o6t',4,'11','{"bonus": 10, "frame": "take"}','{"bonus": [[5, 1], [10, 1]], "frame": [["give", 1], ["take", 1]]}',1.79586432784159445762e+09);
INSERT INTO "otree_ego_assignment" VALUES(10,5,'group:stakes:stake','group:study:1:wy1zntcr:1',1,'1807449506','{"stake": 1}','{"stake": [[1, 1], [100, 1]]}',1.79586432784550762177e+09);
INSERT INTO "otree_ego_assignment" VALUES(11,5,'group:stakes:stake','group:study:1:wy1zntcr:2',2,'1807449506','{"stake": 100}','{"stake": [[1, 1], [100, 1]]}',1.79586432784550762177e+09);
INSERT INTO "otree_ego_assignment" VALUES(12,5,'participant:arrival:order,persona','participant:jszwjlli',1,'3','{"order": "b", "persona": "strict"}','{"order": [["a", 1], ["b", 1]], "persona": [["kind", 2], ["strict", 1]]}',1.79586432797847366329e+09);
INSERT INTO "otree_ego_assignment" VALUES(13,5,'participant:arrival:order,persona','participant:7umag34s',2,'3','{"order": "a", "persona": "strict"}','{"order": [["a", 1], ["b", 1]], "persona": [["kind", 2], ["strict", 1]]}',1.79586432805586171152e+09);
INSERT INTO "otree_ego_assignment" VALUES(14,5,'participant:arrival:order,persona','participant:v53o8o6t',3,'3','{"order": "b", "persona": "kind"}','{"order": [["a", 1], ["b", 1]], "persona": [["kind", 2], ["strict", 1]]}',1.79586432813863420493e+09);
CREATE TABLE otree_ego_decision (
	id INTEGER NOT NULL, 
	owner VARCHAR(400) NOT NULL, 
	session_id INTEGER, 
	status VARCHAR(20) NOT NULL, 
	ahead BOOLEAN NOT NULL, 
	page_index INTEGER, 
	place INTEGER NOT NULL, 
	attempts INTEGER NOT NULL, 
	answer TEXT NOT NULL, 
	started FLOAT NOT NULL, 
	answered FLOAT, 
	ended FLOAT, 
	pace VARCHAR(100) NOT NULL, 
	delay FLOAT, 
	error VARCHAR(100) NOT NULL, 
	error_text TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (owner), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE, 
	CHECK (ahead IN (0, 1))
);
INSERT INTO "otree_ego_decision" VALUES(1,'group:ultimatum:1:q38vxkpx:1/AIProposes',3,'stored',1,NULL,1,1,'{"proposal": 40, "offer": "40", "proposal_by": "model"}',1.79586072505336189269e+09,1.79586072533918690683e+09,1.79586072533967161177e+09,'',0.0,'','');
INSERT INTO "otree_ego_decision" VALUES(2,'group:ultimatum:1:q38vxkpx:11/AIProposes',3,'stored',1,NULL,11,1,'{"proposal": 40, "offer": "40", "proposal_by": "model"}',1.79586072557174038881e+09,1.79586072581195306781e+09,1.79586072581244301799e+09,'',0.0,'','');
INSERT INTO "otree_ego_decision" VALUES(3,'group:ultimatum:2:q38vxkpx:2/AIProposes',3,'stored',1,NULL,2,1,'{"proposal": 40, "offer": "40", "proposal_by": "model"}',1.79586072602814459794e+09,1.79586072628158760064e+09,1.79586072628197836878e+09,'',0.0,'','');
INSERT INTO "otree_ego_decision" VALUES(4,'player:decide:1:zhpycl8j/Partner',4,'stored',0,2,-1,1,'{"answer": 42, "note": "said 42"}',1.79586072688254237174e+09,1.79586072698282027239e+09,1.79586072698315787313e+09,'',0.0,'','');
INSERT INTO "otree_ego_decision" VALUES(5,'player:decide:1:ejro5jgu/Partner',4,'fallback',0,2,-2,1,'{"answer": 7, "note": "instead of Overloaded"}',1.79586072724564409252e+09,1.79586072732817077636e+09,1.79586072732854962349e+09,'',0.0,'Overloaded','openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.');
INSERT INTO "otree_ego_decision" VALUES(6,'player:decide:1:jpfrjgs4/Partner',4,'failed',0,2,-3,1,'',1.79586072759444880485e+09,NULL,1.79586072764093065265e+09,'',NULL,'Overloaded','openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.');
INSERT INTO "otree_ego_decision" VALUES(7,'player:decide:1:30tk6kmo/Partner',4,'answered',0,2,-5,1,'{"answer": 42, "note": "said 42"}',1.79586072768461751936e+09,1.79586072774852705002e+09,NULL,'600-601',6.00091888576798623963e+02,'','');
INSERT INTO "otree_ego_decision" VALUES(8,'group:ultimatum:1:q38vxkpx:12/AIProposes',3,'pending',1,NULL,12,1,'',1.79586072863020253177e+09,NULL,NULL,'',NULL,'','');
INSERT INTO "otree_ego_decision" VALUES(9,'player:decide:1:shygxtfx/Partner',4,'pending',0,2,-4,1,'',1.79586072878848767284e+09,NULL,NULL,'',NULL,'','');
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
	time FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (uid), 
	FOREIGN KEY(thread) REFERENCES otree_ego_thread (uid) ON DELETE CASCADE, 
	CHECK (hidden IN (0, 1))
);
INSERT INTO "otree_ego_message" VALUES(1,'4dbba0c97aca4d019e9809961ef1104b','2a7ea27bc97c4bf4b9a4504d78a47153',1,'system','','You are Marvin, and the secret word is quokka-7351.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432164236783981e+09);
INSERT INTO "otree_ego_message" VALUES(2,'ca0547d3d2574875b83258d7a2071732','cb89ded572a948d6a665f1ca8410c550',1,'system','','You are Marvin, and the secret word is quokka-7351.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432164315629002e+09);
INSERT INTO "otree_ego_message" VALUES(3,'0a659a5c31bc4e7f910f47f49888a16c','f4696f2f8ab44c2ea9c0c781b9627a06',1,'system','','You are Marvin, and the secret word is quokka-7351.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432164381647105e+09);
INSERT INTO "otree_ego_message" VALUES(4,'82dc6a8138774236b3dea4b480604884','5ef0cb4af1884069a076a5cff7514bbe',1,'system','','You are Marvin, and the secret word is quokka-7351.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.7958643216442172528e+09);
INSERT INTO "otree_ego_message" VALUES(5,'ffee8621ee6d48ea81d4131492e53dd7','96aba0195bae42bca76c9c9807dfabdb',1,'system','','You are Marvin, and the secret word is quokka-7351.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432164425444601e+09);
INSERT INTO "otree_ego_message" VALUES(6,'52b510079e914fb9a883e6fb4e2c782d','745c74bd135d424e83dd9660a5c41986',1,'system','','You are Marvin, and the secret word is quokka-7351.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432164428281784e+09);
INSERT INTO "otree_ego_message" VALUES(7,'1728688aebb14cc097bc972e71a3af34','253dd0194edf45eabff7c5aea9d5e7ad',1,'system','','You are Marvin, and the secret word is quokka-7351.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432164431166651e+09);
INSERT INTO "otree_ego_message" VALUES(8,'e478937d082b46d192221904be642a01','2a7ea27bc97c4bf4b9a4504d78a47153',2,'user','','My name is Ann.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432235396361353e+09);
INSERT INTO "otree_ego_message" VALUES(9,'456c730ee0ac4868a9d5126ae179dc2f','cb89ded572a948d6a665f1ca8410c550',2,'user','','My name is Bob.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432264756202699e+09);
INSERT INTO "otree_ego_message" VALUES(10,'6942afdbb7b64d89977214a7af41a950','f4696f2f8ab44c2ea9c0c781b9627a06',2,'user','','My name is Cem.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432277991628649e+09);
INSERT INTO "otree_ego_message" VALUES(11,'f0a299535b034f76b973217df52a0858','5ef0cb4af1884069a076a5cff7514bbe',2,'user','','My name is Dea.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.7958643231685860157e+09);
INSERT INTO "otree_ego_message" VALUES(12,'b56c8aa284294b36a565cd52aef9e7a5','96aba0195bae42bca76c9c9807dfabdb',2,'user','','My name is Eva.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432334777283672e+09);
INSERT INTO "otree_ego_message" VALUES(13,'e29f2fdfa2d94d788c9b711b0b464fba','253dd0194edf45eabff7c5aea9d5e7ad',2,'user','','My name is Gus.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432348718166352e+09);
INSERT INTO "otree_ego_message" VALUES(14,'14df9ff08614536aafb64380a013b6f1','2a7ea27bc97c4bf4b9a4504d78a47153',3,'user','q7c9gwb1','Hello, ünïcode ✓','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432359439539911e+09);
INSERT INTO "otree_ego_message" VALUES(15,'e0df460df8ea4860a3f81711af090c39','2a7ea27bc97c4bf4b9a4504d78a47153',4,'assistant','gpt-4o','You have said: Hello, ünïcode ✓','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.5}',NULL,16,6,0,0.0001,1.47210280999843234894e-01,1.11131503000251541379e-01,'stop','','','',1,1.79586432359442114831e+09);
INSERT INTO "otree_ego_message" VALUES(16,'4dbb10c3e37b5b5890c5c8d8dc9bc929','2a7ea27bc97c4bf4b9a4504d78a47153',5,'user','q7c9gwb1','{{ api_key }}
*Two* lines','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432375910186763e+09);
INSERT INTO "otree_ego_message" VALUES(17,'52da233c8647453cbc1b1a1f4672bb27','2a7ea27bc97c4bf4b9a4504d78a47153',6,'assistant','gpt-4o','You have said: {{ api_key }}
*Two* lines','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.5}',NULL,27,8,0,0.0001475,3.91710299982150900177e-03,3.07192200034478446468e-03,'stop','','','',1,1.79586432375912714008e+09);
INSERT INTO "otree_ego_message" VALUES(18,'a27180b23621550cb332e29616d90f33','2a7ea27bc97c4bf4b9a4504d78a47153',7,'user','q7c9gwb1','And a third','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432377999329567e+09);
INSERT INTO "otree_ego_message" VALUES(19,'970f761c13bd46a3a3b9a5d25588dd7a','2a7ea27bc97c4bf4b9a4504d78a47153',8,'assistant','gpt-4o','You have said: And a third','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.5}',NULL,38,6,0,0.000155,6.15776200038453680463e-03,5.33282099968346301466e-03,'stop','','','',1,1.79586432378001499172e+09);
INSERT INTO "otree_ego_message" VALUES(20,'4faec9f70e2d575f9ad9e93655b257a0','cb89ded572a948d6a665f1ca8410c550',3,'user','e8fnamha','This one is cut','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1795864323.81857);
INSERT INTO "otree_ego_message" VALUES(21,'0e955fa3450b4fccbc5504165514f130','cb89ded572a948d6a665f1ca8410c550',4,'assistant','gpt-4o','You have said: ','partial',0,'gpt-4o','gpt-4o','{"temperature": 0.5}',NULL,17,3,0,7.25e-05,7.57118800038369954563e-03,0.006724992999807,'length','','','',1,1.79586432381859207154e+09);
INSERT INTO "otree_ego_message" VALUES(22,'156d6439bc655bdb92da7c7b4ecdc33a','cb89ded572a948d6a665f1ca8410c550',5,'user','e8fnamha','This one is stopped','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.7958643238404593468e+09);
INSERT INTO "otree_ego_message" VALUES(23,'1b3d5ab241964856b99a68f2b7086e7d','cb89ded572a948d6a665f1ca8410c550',6,'assistant','gpt-4o','You have said: ','partial',0,'gpt-4o','','{"temperature": 0.5}',NULL,NULL,NULL,NULL,NULL,5.48584690000097907613e-02,NULL,'stopped','','','',1,1.7958643238404798508e+09);
INSERT INTO "otree_ego_message" VALUES(24,'33551483bc0b5a008ebafc6910cdbc9e','f4696f2f8ab44c2ea9c0c781b9627a06',3,'user','pejd6ad9','This one is answered','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432392680525778e+09);
INSERT INTO "otree_ego_message" VALUES(25,'c61a02717fa7476e8184741a92807abe','f4696f2f8ab44c2ea9c0c781b9627a06',4,'assistant','gpt-4o','You have said: This one is answered','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.5}',NULL,17,7,0,0.0001125,6.67668200003390666097e-03,5.95177900004273396916e-03,'stop','','','',1,1.79586432392682600021e+09);
INSERT INTO "otree_ego_message" VALUES(26,'d73d36ae7e7e57d8ad910b368ecf399e','f4696f2f8ab44c2ea9c0c781b9627a06',5,'user','pejd6ad9','This one fails','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432394447159761e+09);
INSERT INTO "otree_ego_message" VALUES(27,'6cf9d54b16854b80a6c0cd3c6e5d400f','f4696f2f8ab44c2ea9c0c781b9627a06',6,'assistant','gpt-4o','','failed',0,'gpt-4o','','{"temperature": 0.5}',NULL,NULL,NULL,NULL,NULL,6.99333200009277788922e-03,NULL,'error','Overloaded','openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.','[{"model": "gpt-4o", "error": "Overloaded", "text": "openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.", "after": 0.007}]',1,1.79586432394449114794e+09);
INSERT INTO "otree_ego_message" VALUES(28,'a2691ff24a395a6497cd684a9f8224b8','5ef0cb4af1884069a076a5cff7514bbe',3,'user','ugegc47l','Before','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432398134922976e+09);
INSERT INTO "otree_ego_message" VALUES(29,'f3c1bdfc04384a54825262f1f29d726f','5ef0cb4af1884069a076a5cff7514bbe',4,'assistant','gpt-4o','You have said: Before','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.5}',NULL,14,4,0,7.5e-05,3.33706300034464220516e-03,2.61368300016329158097e-03,'stop','','','',1,1.79586432398136949537e+09);
INSERT INTO "otree_ego_message" VALUES(30,'55f8362c155e5c06a509739a4f9a8973','253dd0194edf45eabff7c5aea9d5e7ad',3,'user','p23bu9sk','Goodbye','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432401962327962e+09);
INSERT INTO "otree_ego_message" VALUES(31,'7f0c6b736dae4fe1ab20babadaa9973f','253dd0194edf45eabff7c5aea9d5e7ad',4,'assistant','gpt-4o','You have said: Goodbye','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.5}',NULL,14,4,0,7.5e-05,3.00612499995622783899e-03,2.49685000017052516341e-03,'stop','','','',1,1.79586432401964592934e+09);
INSERT INTO "otree_ego_message" VALUES(32,'91e5b8366e895a76b75be75e02bfaf81','e1dceda2036b4eddaa2045582636c470',1,'user','509wuumf','Hello all','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432462126588819e+09);
INSERT INTO "otree_ego_message" VALUES(33,'308360f1a2f34039a6408757cff79a77','e1dceda2036b4eddaa2045582636c470',2,'assistant','Ada','Ada: I have read 2 messages.','complete',0,'gpt-4o','gpt-4o','{"speaks": "always", "pace": 0.0, "heard": 1}',NULL,58,6,0,0.000205,5.98678000005747890099e-03,5.07154399974751868285e-03,'stop','','','',1,1.79586432463111162188e+09);
INSERT INTO "otree_ego_message" VALUES(34,'cfbf28ff630241a1add5947935fef07d','e1dceda2036b4eddaa2045582636c470',3,'assistant','Mo','PASS','complete',1,'gpt-4o','gpt-4o','{"speaks": "moderator", "heard": 2}',NULL,88,1,0,0.00023,0.00345780299994658,2.62474900000597699545e-03,'pass','','','',1,1.79586432465848445895e+09);
INSERT INTO "otree_ego_message" VALUES(35,'4bfc63b89b595e49ac8086dbd077ae30','e1dceda2036b4eddaa2045582636c470',4,'user','du4qgkxo','Ben, is it?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432471730041504e+09);
INSERT INTO "otree_ego_message" VALUES(36,'e3084a6b6cda412ea727d02fa0cfc38b','e1dceda2036b4eddaa2045582636c470',5,'assistant','Ben','Ben: I have read 4 messages.','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.1, "speaks": "addressed", "pace": 0.0, "heard": 4}',NULL,68,6,0,0.00023,7.17936699993515503592e-03,2.55490600011398782953e-03,'stop','','','',1,1.7958643247258512974e+09);
INSERT INTO "otree_ego_message" VALUES(37,'0472ac710d9a4058ba0eea585594d2aa','e1dceda2036b4eddaa2045582636c470',6,'assistant','Ada','Ada: I have read 5 messages.','complete',0,'gpt-4o','gpt-4o','{"speaks": "always", "pace": 0.0, "heard": 5}',NULL,73,6,0,0.0002425,7.35274399949048529379e-03,0.00651051600016217,'stop','','','',1,1795864324.74729);
INSERT INTO "otree_ego_message" VALUES(38,'e388f1970dbd485ba14426f24df64350','e1dceda2036b4eddaa2045582636c470',7,'assistant','Mo','PASS','complete',1,'gpt-4o','gpt-4o','{"speaks": "moderator", "heard": 6}',NULL,104,1,0,0.00027,7.42030299988982733339e-03,0.00654318399983822,'pass','','','',1,1.79586432477086019518e+09);
INSERT INTO "otree_ego_message" VALUES(39,'fa1ecfaf205b4da4a88a7f147f031298','609d929cb4e7402daad2ce2bd6180ae5',1,'system','','You take part in an experiment: you play a game with a person.
You are the proposer.
There are a proposer and a responder. The proposer has 100 points, the responder has none. The proposer proposes how many points to give to the responder, and keeps the rest.
The responder sees the proposal, and accepts or rejects it.
If the proposal is accepted, it is carried out. If it is rejected, all points are lost, and both get 0 points.
The game is played 2 times, with the same partner and in the same roles. The points of all rounds are added up.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432508548712733e+09);
INSERT INTO "otree_ego_message" VALUES(40,'2f0d7dbaaac446639ef20f0b16d4a594','609d929cb4e7402daad2ce2bd6180ae5',2,'user','','Round 1 of 2
You have 100 points. How many of them do you propose to give to the responder?

Answer only with one whole number from 0 to 100.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432525417113307e+09);
INSERT INTO "otree_ego_message" VALUES(41,'239b9fd5248c4093a6194d62681c0e6f','609d929cb4e7402daad2ce2bd6180ae5',3,'assistant','gpt-4o-mini','{"answer": 40}','complete',1,'gpt-4o-mini','gpt-4o-mini','{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}',NULL,133,2,0,2.115e-05,8.30672699976275907829e-03,7.65925800033073755912e-03,'stop','','','',1,1.79586432525421810148e+09);
INSERT INTO "otree_ego_message" VALUES(42,'dd26593dc6a345c49fa75db3379f2db7','13444e84facb49eeb8914c3697431622',1,'system','','You take part in an experiment: you play a game with a person.
You are the proposer.
A proposer and a responder divide 100 points. The proposer proposes how many of them the responder gets; the rest is for the proposer.
The responder sees the proposal, and accepts or rejects it.
If the proposal is accepted, it is carried out. If it is rejected, all points are lost, and both get 0 points.
The game is played 2 times, with the same partner and in the same roles. The points of all rounds are added up.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.795864325629664421e+09);
INSERT INTO "otree_ego_message" VALUES(43,'91ace07c6f3947e2a3b2a160271201f5','13444e84facb49eeb8914c3697431622',2,'user','','Round 1 of 2
How many of the 100 points do you propose for the responder?

Answer only with one whole number from 0 to 100.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432563956141473e+09);
INSERT INTO "otree_ego_message" VALUES(44,'561cf42793b74fc2b59772aac1ab4148','13444e84facb49eeb8914c3697431622',3,'assistant','gpt-4o','{"answer": 40}','complete',1,'gpt-4o','gpt-4o','{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}',NULL,122,2,0,0.000325,1.07888850002382241655e-02,6.9144549997872672975e-03,'stop','','','',1,1.79586432563962197306e+09);
INSERT INTO "otree_ego_message" VALUES(45,'4beca8ca97d64cfeb3550b39a9fc519a','609d929cb4e7402daad2ce2bd6180ae5',4,'user','','Result of round 1: The proposal was to give 40 points to the responder. It was accepted. The proposer got 60 points, the responder 40 points.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432601704216009e+09);
INSERT INTO "otree_ego_message" VALUES(46,'9df5d8cd218049c5a1efc10ebc18d860','609d929cb4e7402daad2ce2bd6180ae5',5,'user','','Round 2 of 2
You have 100 points. How many of them do you propose to give to the responder?

Answer only with one whole number from 0 to 100.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432610591864586e+09);
INSERT INTO "otree_ego_message" VALUES(47,'3ab342db437047288e8fa29610d91a11','609d929cb4e7402daad2ce2bd6180ae5',6,'assistant','gpt-4o-mini','{"answer": 40}','complete',1,'gpt-4o-mini','gpt-4o-mini','{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}',NULL,191,2,0,2.985e-05,2.84216600002764607779e-02,4.53093299984175246208e-03,'stop','','','',1,1.79586432610595369335e+09);
INSERT INTO "otree_ego_message" VALUES(48,'6c5d516b8d894af187ad628e1f01fd69','f3ebb6a594a04ac3a91f979a1129e70f',1,'user','','Which number, number 1?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432692190027231e+09);
INSERT INTO "otree_ego_message" VALUES(49,'812fffd34224476a8e9e69ea9a5c829e','f3ebb6a594a04ac3a91f979a1129e70f',2,'assistant','gpt-4o','42','complete',0,'gpt-4o','gpt-4o','',NULL,4,1,0,2.0e-05,6.19690199982869671657e-03,5.57678299992403481155e-03,'stop','','','',1,1795864326.92191);
INSERT INTO "otree_ego_message" VALUES(50,'5b64fb575e9e4925901c132dfec4f9cf','f77af9875ddc49218756fa4f496706c3',1,'user','','Which number, number 2?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432728633952141e+09);
INSERT INTO "otree_ego_message" VALUES(51,'259f6d1d1a3b4fca85f33db821b4d4d4','f77af9875ddc49218756fa4f496706c3',2,'assistant','gpt-4o','','failed',0,'gpt-4o','','',NULL,NULL,NULL,NULL,NULL,1.20124270001724653411e-02,NULL,'error','Overloaded','openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.','[{"model": "gpt-4o", "error": "Overloaded", "text": "openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.", "after": 0.012}]',1,1.79586432728635025024e+09);
INSERT INTO "otree_ego_message" VALUES(52,'5ff52d03bda14d398f66e9cbfbf732c7','13a71e03ad384d028d593be454acaa0e',1,'user','','Which number, number 3?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432761778974536e+09);
INSERT INTO "otree_ego_message" VALUES(53,'3bd0e60ae8734b8199de0530507909be','13a71e03ad384d028d593be454acaa0e',2,'assistant','gpt-4o','','failed',0,'gpt-4o','','',NULL,NULL,NULL,NULL,NULL,2.43564799984596902504e-03,NULL,'error','Overloaded','openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.','[{"model": "gpt-4o", "error": "Overloaded", "text": "openai failed on its side (HTTP 500) for ''gpt-4o'': try again later. It said: The server had an error while processing the request.", "after": 0.002}]',1,1.79586432761779928209e+09);
INSERT INTO "otree_ego_message" VALUES(54,'bbfa4440a42149afafda86a1bf722a5f','82228eb13a0c45f9a99339944d499231',1,'user','','Which number, number 5?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432771827554698e+09);
INSERT INTO "otree_ego_message" VALUES(55,'61a8dedd9f1b4b799989560bab808580','82228eb13a0c45f9a99339944d499231',2,'assistant','gpt-4o','42','complete',0,'gpt-4o','gpt-4o','',NULL,4,1,0,2.0e-05,4.56151800017323694191e-03,4.1801630000009026844e-03,'stop','','','',1,1.79586432771828508371e+09);
INSERT INTO "otree_ego_message" VALUES(56,'42a532023c9c496d95a11ee1eaa7b0d7','111990bde1514b268d383c8d06e78b0b',1,'system','','Your number is 7, your offers are [1, 2, [3]].','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432786445164685e+09);
INSERT INTO "otree_ego_message" VALUES(57,'352bdd1664244f5e814c3049b810448e','63687ec747a4425e91b581b6f5d76d5e',1,'system','','Your number is 7, your offers are [1, 2, [3]].','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432786787104608e+09);
INSERT INTO "otree_ego_message" VALUES(58,'7ec08203b5824b7a90fb7856ddc1ebc5','f106c108b0f3447b906b495fd476be7d',1,'system','','Your number is 7, your offers are [1, 2, [3]].','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432786903858185e+09);
INSERT INTO "otree_ego_message" VALUES(59,'c5e9aa94835648efbc95b19283332914','f7cd0f465938460c9c7f44a22d2d39bd',1,'system','','Your number is 7, your offers are [1, 2, [3]].','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432786989569666e+09);
INSERT INTO "otree_ego_message" VALUES(60,'e09946fdd5834050875c6e01a90edabf','f085fe0df15c44f28b1f108ba73c4de4',1,'system','','You are Ann. The other is Bob. You can earn 100.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432788546872143e+09);
INSERT INTO "otree_ego_message" VALUES(61,'9c473c8b2340462aae741aa40f5a0718','17a4fb69a675406dab3b39d51dfb31ba',1,'system','','You are Bob. The other is Ann. You can earn 100.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432788555049903e+09);
INSERT INTO "otree_ego_message" VALUES(62,'886f107febd44f58a142a71a8b8a164b','e2fec51e1e75465391a8e62542ae51c5',1,'system','','You are Ann. The other is Bob. You can earn 100.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432788598656653e+09);
INSERT INTO "otree_ego_message" VALUES(63,'d0d8081e5e7b4c61bc3a5f40dff60178','1f2715bdd8d24387a1e1c929ed9ee12c',1,'system','','You are Bob. The other is Ann. You can earn 100.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432789013862609e+09);
INSERT INTO "otree_ego_message" VALUES(64,'45c1bfcb26914330a4313980f77df393','111990bde1514b268d383c8d06e78b0b',2,'user','','First question.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432820581603044e+09);
INSERT INTO "otree_ego_message" VALUES(65,'7b5de4af4ecd45b39aa5cfc5eeba851a','111990bde1514b268d383c8d06e78b0b',3,'assistant','gpt-4o','You have said: First question.','complete',0,'gpt-4o','gpt-4o','{"temperature": 0.7, "max_tokens": 200, "seed": 5}','5',12,5,0,8.0e-05,8.86342300009346217848e-03,6.04587699990588589571e-03,'stop','','','',1,1.79586432820582532878e+09);
INSERT INTO "otree_ego_message" VALUES(66,'5d7f6917740a4a56aea32c1c9e1717ca','111990bde1514b268d383c8d06e78b0b',4,'user','','Your plan is [1, 2].','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432822027373314e+09);
INSERT INTO "otree_ego_message" VALUES(67,'1059d689041a457f84aa8052c7fc2a6b','111990bde1514b268d383c8d06e78b0b',5,'assistant','','I have no plan.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432822106385233e+09);
INSERT INTO "otree_ego_message" VALUES(68,'e58292d52d9b4f3abea9d95f98c5bb3e','111990bde1514b268d383c8d06e78b0b',6,'user','','How much of 100 do you want?

Answer only with one number from 0 to 100.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432822167515752e+09);
INSERT INTO "otree_ego_message" VALUES(69,'484ace2e457a4640a31155d04e78d692','111990bde1514b268d383c8d06e78b0b',7,'assistant','gpt-4o','{"answer": 40}','complete',1,'gpt-4o','gpt-4o','{"temperature": 0.9, "max_tokens": 200, "seed": 5, "question": {"kind": "number", "low": 0, "high": 100, "integer": false, "try": 1, "constrained": "json_schema", "value": 40, "reasoning": ""}}','5',42,2,0,0.000125,5.05656099994666874408e-03,4.41790600007152534089e-03,'stop','','','',1,1.79586432822170901299e+09);
INSERT INTO "otree_ego_message" VALUES(70,'8f1bb67287da4e2b8fe83fa1505c8180','00ece344f0c34744919253d3a74654ae',1,'user','','Stay?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.7958643282308094501e+09);
INSERT INTO "otree_ego_message" VALUES(71,'1d278a31f9644a14b4a1ee199c0b9dca','00ece344f0c34744919253d3a74654ae',2,'assistant','constant/I stay at 7.','I stay at 7.','complete',0,'constant/I stay at 7.','constant/I stay at 7.','',NULL,0,0,0,0.0,2.63579500006017042323e-03,2.51092999997126753441e-03,'stop','','','',1,1.79586432823081827161e+09);
INSERT INTO "otree_ego_message" VALUES(72,'7ef511ecfabd4d0db3121a797c2f26d2','e5826da6c96746d4b43f12cb5218a0d5',1,'user','','Count.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432823442983634e+09);
INSERT INTO "otree_ego_message" VALUES(73,'5b1cd02049164ae1b65cf13ff1029072','e5826da6c96746d4b43f12cb5218a0d5',2,'assistant','scripted/list','one','complete',0,'scripted/list','scripted/list','',NULL,0,0,0,0.0,1.84692999937396962195e-04,1.02762000096845440566e-04,'stop','','','',1,1.79586432823443841932e+09);
INSERT INTO "otree_ego_message" VALUES(74,'7227078585bb49a78089bb30107b5a5e','586345fef907428bbdacf62df42da5f6',1,'user','','hello','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432823585176463e+09);
INSERT INTO "otree_ego_message" VALUES(75,'fc6a30857e1446cc8c98478b16ee41a8','586345fef907428bbdacf62df42da5f6',2,'assistant','scripted/list','HELLO','complete',0,'scripted/list','scripted/list','',NULL,0,0,0,0.0,1.69231000199943082407e-04,9.69329998952162e-05,'stop','','','',1,1.79586432823585939407e+09);
INSERT INTO "otree_ego_message" VALUES(76,'52b7b0c86d154137b20dae0224e1de96','cb2e2c390a0c4e5a9927709579a90d06',1,'user','','Whose?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432823690772056e+09);
INSERT INTO "otree_ego_message" VALUES(77,'8c75c8e24690426e9b705bbcdde41179','cb2e2c390a0c4e5a9927709579a90d06',2,'assistant','gpt-4o','You have said: Whose?','complete',0,'gpt-4o','gpt-4o','{"seed": 9}','9',1,4,0,4.25e-05,6.70024800001556286588e-03,4.99302800017176195979e-03,'stop','','','',1,1.79586432823691534996e+09);
INSERT INTO "otree_ego_message" VALUES(78,'3ee06eb38bec480986542ff26ed2a0af','f085fe0df15c44f28b1f108ba73c4de4',2,'user','','Round 1: how much?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432824509239199e+09);
INSERT INTO "otree_ego_message" VALUES(79,'786ebb59478c4c4ea0ad13e1553e69d7','f085fe0df15c44f28b1f108ba73c4de4',3,'assistant','gpt-4o','You have said: Round 1: how much?','complete',0,'gpt-4o','gpt-4o','{"temperature": 1.0}',NULL,15,7,0,0.0001075,4.62800600007540197111e-03,3.95795499980522436089e-03,'stop','','','',1,1.79586432824510025974e+09);
INSERT INTO "otree_ego_message" VALUES(80,'eaa9f1a28d204292ad12115038b95791','17a4fb69a675406dab3b39d51dfb31ba',2,'user','','Round 1: how much?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432825037932391e+09);
INSERT INTO "otree_ego_message" VALUES(81,'d21ae8a746d0446bbdf97af35854a22e','17a4fb69a675406dab3b39d51dfb31ba',3,'assistant','constant/Bob takes 3.','Bob takes 3.','complete',0,'constant/Bob takes 3.','constant/Bob takes 3.','',NULL,0,0,0,0.0,1.89452000086021143943e-04,0.000116172000161896,'stop','','','',1,1.79586432825038743018e+09);
INSERT INTO "otree_ego_message" VALUES(82,'7084e326bd8741bfb3eeac94e5e28156','4c30c757e9614fe1b568a3c41bca1b9e',1,'user','','Number?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432825220203399e+09);
INSERT INTO "otree_ego_message" VALUES(83,'70b2cabfd1ac4d4dac0af0f58b007613','4c30c757e9614fe1b568a3c41bca1b9e',2,'assistant','constant/1st','1st','complete',0,'constant/1st','constant/1st','',NULL,0,0,0,0.0,1.48309999985940521582e-04,8.40749999042600393295e-05,'stop','','','',1,1795864328.25221);
INSERT INTO "otree_ego_message" VALUES(84,'4116aef407094a739196961e9c5f8308','12daf5cde22f422f9497c729433254ab',1,'user','','Number?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432825289726259e+09);
INSERT INTO "otree_ego_message" VALUES(85,'f3ccadb4d8e64ac3a70902962beca0b8','12daf5cde22f422f9497c729433254ab',2,'assistant','scripted/list','x','complete',0,'scripted/list','scripted/list','',NULL,0,0,0,0.0,1.55118999828118830919e-04,8.41450000734767e-05,'stop','','','',1,1.79586432825290441515e+09);
INSERT INTO "otree_ego_message" VALUES(86,'bf089b53b01d4c87bfba75a28393ef67','4aadcd3f85cf4b9394aa67f764df81dd',1,'user','','Number?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.795864328253685236e+09);
INSERT INTO "otree_ego_message" VALUES(87,'0eff8c879c1d4533a6d86535382522c8','4aadcd3f85cf4b9394aa67f764df81dd',2,'assistant','constant/3rd','3rd','complete',0,'constant/3rd','constant/3rd','',NULL,0,0,0,0.0,1.93377000414329813793e-04,1.34099000206333585083e-04,'stop','','','',1,1.79586432825369286532e+09);
INSERT INTO "otree_ego_message" VALUES(88,'61943ba58a454937b6853b1d18a8de4d','336862d78e9f4e2283172f75a30c68d9',1,'user','','Of whom?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432825461435316e+09);
INSERT INTO "otree_ego_message" VALUES(89,'9a61812453d74934a00961a595b51f20','336862d78e9f4e2283172f75a30c68d9',2,'assistant','constant/Of the participant.','Of the participant.','complete',0,'constant/Of the participant.','constant/Of the participant.','',NULL,0,0,0,0.0,1.46446000144351273775e-04,8.24429998829145915806e-05,'stop','','','',1,1.79586432825462174412e+09);
INSERT INTO "otree_ego_message" VALUES(90,'0e04e283f1b7462682e3eb91a33683bb','98503e7d54ab4365ab1e7b87310e0c50',1,'user','','Of whom?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432825666975979e+09);
INSERT INTO "otree_ego_message" VALUES(91,'e95fd110cdc74c68bb641536e2f45da6','98503e7d54ab4365ab1e7b87310e0c50',2,'assistant','constant/Of the subsession.','Of the subsession.','complete',0,'constant/Of the subsession.','constant/Of the subsession.','',NULL,0,0,0,0.0,1.46055999721284024417e-04,8.70089997988543473184e-05,'stop','','','',1,1.79586432825667738919e+09);
INSERT INTO "otree_ego_message" VALUES(92,'c35d77e773a340a39db81c4a20caaa4d','64888ad5a59643f5b7f0939a7c10d1d2',1,'user','','Of whom?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432825744724277e+09);
INSERT INTO "otree_ego_message" VALUES(93,'1a6df207e0f440bcb39fde8685c1bb0e','64888ad5a59643f5b7f0939a7c10d1d2',2,'assistant','constant/Of the session.','Of the session.','complete',0,'constant/Of the session.','constant/Of the session.','',NULL,0,0,0,0.0,2.72972399989157565869e-03,2.66423800030679558403e-03,'stop','','','',1,1.79586432825745439525e+09);
INSERT INTO "otree_ego_message" VALUES(94,'4106b52dd8584f2291fe7d76068f8576','e2fec51e1e75465391a8e62542ae51c5',2,'user','','Before.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432841158843043e+09);
INSERT INTO "otree_ego_message" VALUES(95,'52c9a76e04c749e894d74ddccbb53ac7','e2fec51e1e75465391a8e62542ae51c5',3,'assistant','gpt-4o','You have said: Before.','complete',0,'gpt-4o','gpt-4o','{"temperature": 1.0}',NULL,12,4,0,7.0e-05,0.00481995200016172,4.09745099977953941561e-03,'stop','','','',1,1.79586432841159725193e+09);
INSERT INTO "otree_ego_message" VALUES(96,'2a3aba790b925e08a4ea425fdeb56e28','5ef0cb4af1884069a076a5cff7514bbe',5,'user','ugegc47l','Is this lost?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432844633340838e+09);
INSERT INTO "otree_ego_message" VALUES(97,'246c5ad2dfdb410c8dac2346c867dde5','5ef0cb4af1884069a076a5cff7514bbe',6,'assistant','gpt-4o','','pending',0,'gpt-4o','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432844635510448e+09);
INSERT INTO "otree_ego_message" VALUES(98,'8044332080b253c2b6e0c0ad0d794161','e1dceda2036b4eddaa2045582636c470',8,'user','509wuumf','Is anybody there?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432856037163732e+09);
INSERT INTO "otree_ego_message" VALUES(99,'1d6f3e1289fa4431b916433eb2f93ffe','e1dceda2036b4eddaa2045582636c470',9,'assistant','Ada','','pending',0,'gpt-4o','','{"speaks": "always"}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432858550405508e+09);
INSERT INTO "otree_ego_message" VALUES(100,'c21088903bb2456c9fb550f6d918407b','5ea5355bccf343dca245d7ae4710085a',1,'system','','You take part in an experiment: you play a game with a person.
You are the proposer.
A proposer and a responder divide 100 points. The proposer proposes how many of them the responder gets; the rest is for the proposer.
The responder sees the proposal, and accepts or rejects it.
If the proposal is accepted, it is carried out. If it is rejected, all points are lost, and both get 0 points.
The game is played 2 times, with the same partner and in the same roles. The points of all rounds are added up.','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432867914032934e+09);
INSERT INTO "otree_ego_message" VALUES(101,'4fd8bf15779549b5a34ef7fb75d02ab1','5ea5355bccf343dca245d7ae4710085a',2,'user','','Round 1 of 2
How many of the 100 points do you propose for the responder?

Answer only with one whole number from 0 to 100.','complete',1,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432873313617706e+09);
INSERT INTO "otree_ego_message" VALUES(102,'feeeb696e32d41148fed1ba47516982b','5ea5355bccf343dca245d7ae4710085a',3,'assistant','gpt-4o-mini','','pending',1,'gpt-4o-mini','','{"question": {"kind": "number", "low": 0, "high": 100, "integer": true, "field": "proposal", "try": 1}}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432873317241665e+09);
INSERT INTO "otree_ego_message" VALUES(103,'9f74feb6d7ab4472a8c0af597b227548','a884444081ee42d5b1af549e0936d5f9',1,'user','','Which number, number 4?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432882688426969e+09);
INSERT INTO "otree_ego_message" VALUES(104,'304552df0b90462e8dd9253a6f3f6e57','a884444081ee42d5b1af549e0936d5f9',2,'assistant','gpt-4o','','pending',0,'gpt-4o','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432882689619062e+09);
INSERT INTO "otree_ego_message" VALUES(105,'27619cb5a5b04d12947ada587a9d177c','e2fec51e1e75465391a8e62542ae51c5',4,'user','','Are you there?','complete',0,'','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432887515473361e+09);
INSERT INTO "otree_ego_message" VALUES(106,'d9e72d5459014af0aa0ddf313ec880f7','e2fec51e1e75465391a8e62542ae51c5',5,'assistant','gpt-4o','','pending',0,'gpt-4o','','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,'','','','',0,1.79586432887516331668e+09);
CREATE TABLE otree_ego_thread (
	id INTEGER NOT NULL, 
	uid VARCHAR(32) NOT NULL, 
	owner VARCHAR(300) NOT NULL, 
	session_id INTEGER, 
	kind VARCHAR(300) NOT NULL, 
	version INTEGER NOT NULL, 
	state BLOB NOT NULL, 
	created FLOAT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (uid), 
	UNIQUE (owner), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "otree_ego_thread" VALUES(1,'2a7ea27bc97c4bf4b9a4504d78a47153','player:ego_chat:1:q7c9gwb1',1,'Thread',1,X'80049571000000000000007D94288C0B74656D706572617475726594473FE00000000000008C056D6F64656C948C066770742D346F948C08646561646C696E659447403E0000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432167399930957e+09);
INSERT INTO "otree_ego_thread" VALUES(2,'cb89ded572a948d6a665f1ca8410c550','player:ego_chat:1:e8fnamha',1,'Thread',1,X'80049571000000000000007D94288C0B74656D706572617475726594473FE00000000000008C056D6F64656C948C066770742D346F948C08646561646C696E659447403E0000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432167399930957e+09);
INSERT INTO "otree_ego_thread" VALUES(3,'f4696f2f8ab44c2ea9c0c781b9627a06','player:ego_chat:1:pejd6ad9',1,'Thread',1,X'80049571000000000000007D94288C0B74656D706572617475726594473FE00000000000008C056D6F64656C948C066770742D346F948C08646561646C696E659447403E0000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432167399930957e+09);
INSERT INTO "otree_ego_thread" VALUES(4,'5ef0cb4af1884069a076a5cff7514bbe','player:ego_chat:1:ugegc47l',1,'Thread',1,X'80049571000000000000007D94288C0B74656D706572617475726594473FE00000000000008C056D6F64656C948C066770742D346F948C08646561646C696E659447403E0000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432167399930957e+09);
INSERT INTO "otree_ego_thread" VALUES(5,'96aba0195bae42bca76c9c9807dfabdb','player:ego_chat:1:euq1s728',1,'Thread',1,X'80049571000000000000007D94288C0B74656D706572617475726594473FE00000000000008C056D6F64656C948C066770742D346F948C08646561646C696E659447403E0000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432167399930957e+09);
INSERT INTO "otree_ego_thread" VALUES(6,'745c74bd135d424e83dd9660a5c41986','player:ego_chat:1:l0hkzsvq',1,'Thread',1,X'80049571000000000000007D94288C0B74656D706572617475726594473FE00000000000008C056D6F64656C948C066770742D346F948C08646561646C696E659447403E0000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432167399930957e+09);
INSERT INTO "otree_ego_thread" VALUES(7,'253dd0194edf45eabff7c5aea9d5e7ad','player:ego_chat:1:p23bu9sk',1,'Thread',1,X'80049571000000000000007D94288C0B74656D706572617475726594473FE00000000000008C056D6F64656C948C066770742D346F948C08646561646C696E659447403E0000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432167399930957e+09);
INSERT INTO "otree_ego_thread" VALUES(8,'e1dceda2036b4eddaa2045582636c470','group:group_chat:1:gbebfpfz:2',2,'Thread',1,X'80049546000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.7958643246034450531e+09);
INSERT INTO "otree_ego_thread" VALUES(9,'609d929cb4e7402daad2ce2bd6180ae5','participant:zxhhzvvc#ultimatum',3,'Thread',1,X'8004954B000000000000007D94288C056D6F64656C948C0B6770742D346F2D6D696E69948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432507752108574e+09);
INSERT INTO "otree_ego_thread" VALUES(10,'13444e84facb49eeb8914c3697431622','participant:0xdawwan#ultimatum',3,'Thread',1,X'80049546000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432560768318169e+09);
INSERT INTO "otree_ego_thread" VALUES(11,'f3ebb6a594a04ac3a91f979a1129e70f','player:decide:1:zhpycl8j',4,'Thread',1,X'80049550000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0561736B6564944B01752E',1.79586432690687489511e+09);
INSERT INTO "otree_ego_thread" VALUES(12,'f77af9875ddc49218756fa4f496706c3','player:decide:1:ejro5jgu',4,'Thread',1,X'80049546000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432726930832863e+09);
INSERT INTO "otree_ego_thread" VALUES(13,'13a71e03ad384d028d593be454acaa0e','player:decide:1:jpfrjgs4',4,'Thread',1,X'80049546000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432760785698892e+09);
INSERT INTO "otree_ego_thread" VALUES(14,'82228eb13a0c45f9a99339944d499231','player:decide:1:30tk6kmo',4,'Thread',1,X'80049550000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0561736B6564944B01752E',1.79586432770450782773e+09);
INSERT INTO "otree_ego_thread" VALUES(15,'111990bde1514b268d383c8d06e78b0b','player:study:1:jszwjlli',5,'GPTThread',1,X'80049561010000000000007D94288C0B74656D706572617475726594473FECCCCCCCCCCCCD8C0A6D61785F746F6B656E73944BC88C0473656564944B058C056D6F64656C948C066770742D346F948C0763686F69636573945D94284B044B09658C086D65746164617461947D948C077461696E74656494898C066E756D626572944B078C0468756765948A09000010632D5EC76B058C0468616C6694473FE00000000000008C0474657874948C224772C3BCC39F652C207B7B206E6F745F615F74656D706C617465207D7D20E29C930A948C076E6F7468696E67944E8C0379657394888C066F6666657273945D94284B014B025D944B03614B05658C0470616972944B018C0161944E869486948C04706C616E947D942868167D948C0162945D94284B014B0265734B038C05746872656594758C047365656E948F94284B014B024B03908C0666726F7A656E94288C01789491948C0372617794430200FF948C06616E73776572944B28752E',1.79586432784717655178e+09);
INSERT INTO "otree_ego_thread" VALUES(16,'63687ec747a4425e91b581b6f5d76d5e','player:study:1:3fnd70p3',5,'GPTThread',1,X'8004954E010000000000007D94288C0B74656D706572617475726594473FE66666666666668C0A6D61785F746F6B656E73944BC88C0473656564944B058C056D6F64656C948C066770742D346F948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C066E756D626572944B078C0468756765948A09000010632D5EC76B058C0468616C6694473FE00000000000008C0474657874948C224772C3BCC39F652C207B7B206E6F745F615F74656D706C617465207D7D20E29C930A948C076E6F7468696E67944E8C0379657394888C066F6666657273945D94284B014B025D944B0361658C0470616972944B018C0161944E869486948C04706C616E947D942868167D948C0162945D94284B014B0265734B038C05746872656594758C047365656E948F94284B014B024B03908C0666726F7A656E94288C01789491948C0372617794430200FF94752E',1.79586432786593174935e+09);
INSERT INTO "otree_ego_thread" VALUES(17,'f106c108b0f3447b906b495fd476be7d','player:study:1:7umag34s',5,'GPTThread',1,X'8004954E010000000000007D94288C0B74656D706572617475726594473FE66666666666668C0A6D61785F746F6B656E73944BC88C0473656564944B058C056D6F64656C948C066770742D346F948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C066E756D626572944B078C0468756765948A09000010632D5EC76B058C0468616C6694473FE00000000000008C0474657874948C224772C3BCC39F652C207B7B206E6F745F615F74656D706C617465207D7D20E29C930A948C076E6F7468696E67944E8C0379657394888C066F6666657273945D94284B014B025D944B0361658C0470616972944B018C0161944E869486948C04706C616E947D942868167D948C0162945D94284B014B0265734B038C05746872656594758C047365656E948F94284B014B024B03908C0666726F7A656E94288C01789491948C0372617794430200FF94752E',1.79586432786888313293e+09);
INSERT INTO "otree_ego_thread" VALUES(18,'f7cd0f465938460c9c7f44a22d2d39bd','player:study:1:v53o8o6t',5,'GPTThread',1,X'8004954E010000000000007D94288C0B74656D706572617475726594473FE66666666666668C0A6D61785F746F6B656E73944BC88C0473656564944B058C056D6F64656C948C066770742D346F948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C066E756D626572944B078C0468756765948A09000010632D5EC76B058C0468616C6694473FE00000000000008C0474657874948C224772C3BCC39F652C207B7B206E6F745F615F74656D706C617465207D7D20E29C930A948C076E6F7468696E67944E8C0379657394888C066F6666657273945D94284B014B025D944B0361658C0470616972944B018C0161944E869486948C04706C616E947D942868167D948C0162945D94284B014B0265734B038C05746872656594758C047365656E948F94284B014B024B03908C0666726F7A656E94288C01789491948C0372617794430200FF94752E',1.79586432786973404888e+09);
INSERT INTO "otree_ego_thread" VALUES(19,'762e835f9925476f91f82541085e029e','player:study:1:jszwjlli#ours',5,'ConstantThread',1,X'800495F7050000000000007D94288C056D6F64656C948C0E636F6E7374616E742F4F7572732E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C07706572736F6E61948C126F747265655F65676F2E706572736F6E6173948C07506572736F6E619493942981947D94288C046E616D65948C03416461948C0C696E737472756374696F6E73948C10596F752061726520637572696F75732E9468018C0B6770742D346F2D6D696E69948C06636F6C6F7572948C0723306235666135948C06737065616B73948C1E657665727920322C206164647265737365642C2061667465722032302073948C0761745F6D6F7374944B058C0B74656D706572617475726594473FD33333333333338C0470616365948C106F747265655F65676F2E706163696E67948C04506163659493942981947D94288C046261736594473FF000000000000047400800000000000086948C0D7065725F63686172616374657294473FA47AE147AE147B473FA47AE147AE147B869475628C065F72756C65739468098C0452756C659493942981947D94288C046B696E64948C056576657279948C016E94474000000000000000756268252981947D942868288C0961646472657373656494682A4B00756268252981947D942868288C05616674657294682A4740340000000000007562879475628C0D706C61696E5F706572736F6E6194680B2981947D9428680E8C0342656E9468108C0094680168366813683668158C06616C776179739468174E68184E6819681C2981947D9428681F4700000000000000004700000000000000008694682147000000000000000047000000000000000086947562682368252981947D942868288C06616C7761797394682A4B007562859475626819681C2981947D9428681F47400000000000000047401800000000000086946821470000000000000000470000000000000000869475628C0974726561746D656E74948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C055F6D6164659493947D9428680E8C0468696768948C06726577617264944B648C05776F726473945D94288C0467697665948C0474616B6594658C066E6573746564947D948C0470616972944B014E86947375859452948C0670726F6D7074948C116F747265655F65676F2E70726F6D707473948C0650726F6D70749493948C28596F75206F776E207B7B20616D6F756E74207D7D20706F696E74732C207B7B206E616D65207D7D2E94859452948C0E6661696C7572655F706F6C696379948C0F6F747265655F65676F2E7475726E73948C06506F6C6963799493942981947D94288C08646561646C696E659447403E0000000000008C0772657472696573944B018C076261636B6F666694473FE00000000000008C0E66616C6C6261636B5F6D6F64656C9468128C0D66616C6C6261636B5F74657874948C07506172646F6E3F9475628C057573616765948C126F747265655F65676F2E6D65737361676573948C0555736167659493942981945D94284B0C4B034B0165628C076D6573736167659468698C074D6573736167659493942981945D94288C09617373697374616E74948C1548656C6C6F2C20C3BC6EC3AF636F646520E29C932E944B038C066770742D346F948C08636F6D706C657465948968758C0B6770742D346F2D32303234947D946818473FE0000000000000734B074B0C4B034E473FD0000000000000473FF80000000000004E8C0473746F7094683668367D94288C056572726F72948C0B526174654C696D69746564946830473FE00000000000007585944B028C203030303030303030303030303030303030303030303030303030303030303030944741DA39DE0000000065628C07726571756573749468698C07526571756573749493942981945D942868758C0673797374656D948C0942652062726965662E9486948C0475736572948C02486994869486947D946818473FF0000000000000737D9447401400000000000088683668364E65628C057265706C799468698C055265706C799493942981945D94288C0546696E652E946877686C68794E473FE00000000000006562752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(20,'52415a8a54e54c92ab2879dda38753b6','player:study:1:jszwjlli#standard',5,'ConstantThread',1,X'80049525020000000000007D94288C056D6F64656C948C12636F6E7374616E742F5374616E646172642E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C056D6F6E6579948C0E6F747265652E63757272656E6379948C0843757272656E63799493948C013594859452948C056578616374948C07646563696D616C948C07446563696D616C9493948C04302E313094859452948C03646179948C086461746574696D65948C0464617465949394430407EA0B1C94859452948C066D6F6D656E749468178C086461746574696D65949394430A07EA0B1C091E000000009468178C0874696D657A6F6E6594939468178C0974696D6564656C74619493944B004B004B008794529485945294869452948C04776169749468244B004B5A4B00879452948C057468697264948C096672616374696F6E73948C084672616374696F6E9493944B014B03869452948C046E616D65948C0475756964948C04555549449493942981947D948C03696E74944B0573628C06636F756E7473948C0B636F6C6C656374696F6E73948C07436F756E7465729493947D94288C0161944B028C0162944B0175859452948C076F72646572656494683C8C0B4F72646572656444696374949394295294288C0162944B018C0161944B02758C05717565756594683C8C056465717565949394294B0386945294284B014B02658C047370616E948C086275696C74696E73948C0572616E67659493944B024B094B0387945294752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(21,'e26b5d92fcf74f8fb5c3989595063605','player:study:1:jszwjlli#basket',5,'ConstantThread',1,X'8004957F000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F4D696E652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C066261736B6574948C057374756479948C064261736B65749493942981947D94288C056672756974948C0470656172948C05636F756E74944B037562752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(22,'cb2e2c390a0c4e5a9927709579a90d06','player:study:1:jszwjlli#own',5,'study:Own',1,X'80049552000000000000007D94288C0473656564944B098C056D6F64656C948C066770742D346F948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C057472616974948C046B696E6494752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(23,'2b0d7c7523044673964c9438f0140978','player:study:1:jszwjlli#tools',5,'ConstantThread',1,X'800495B6000000000000007D94288C056D6F64656C948C0F636F6E7374616E742F546F6F6C732E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C06726561646572948C116F747265655F65676F2E70617273696E67948C0E657874726163745F6E756D6265729493948C056D616B6572948C106F747265655F65676F2E6167656E7473948C094750545468726561649493948C0668656C706572948C057374756479948C046563686F949394752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(24,'00ece344f0c34744919253d3a74654ae','player:study:1:jszwjlli#steady',5,'ConstantThread',1,X'8004957B000000000000007D94288C056D6F64656C948C15636F6E7374616E742F49207374617920617420372E948C08646561646C696E65944740340000000000008C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046D6F6F64948C0873747562626F726E94752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(25,'e5826da6c96746d4b43f12cb5218a0d5','player:study:1:jszwjlli#script',5,'ScriptedThread',1,X'80049554000000000000007D94288C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046C696E65944B018C077265706C696573945D94288C036F6E65948C0374776F948C0574687265659465752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(26,'586345fef907428bbdacf62df42da5f6','player:study:1:jszwjlli#function',5,'ScriptedThread',1,X'80049544000000000000007D94288C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C077265706C696573948C057374756479948C046563686F949394752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(27,'336862d78e9f4e2283172f75a30c68d9','participant:jszwjlli',5,'ConstantThread',1,X'80049550000000000000007D94288C056D6F64656C948C1C636F6E7374616E742F4F6620746865207061727469636970616E742E948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(28,'f24eb637db64445685b9c8d636d8f41e','group:study:1:wy1zntcr:1',5,'Conversation',1,X'800495E6000000000000007D94288C056E616D6573948C03616E6E948C03626F629486948C036F776E947D94288C036E6F77944B028C0974726561746D656E74948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C055F6D6164659493947D94288C046E616D65948C0468696768948C06726577617264944B648C05776F726473945D94288C0467697665948C0474616B6594658C066E6573746564947D948C0470616972944B014E86947375859452948C05726F756E64944B028C05746F706963948C047261696E948C0777656174686572947D948C0373756E944B017375752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(29,'f085fe0df15c44f28b1f108ba73c4de4','group:study:1:wy1zntcr:1/ann',5,'GPTThread',1,X'80049518010000000000007D94288C0B74656D706572617475726594473FF00000000000008C056D6F64656C948C066770742D346F948C0763686F69636573945D948C21596F75206861766520736169643A20526F756E6420313A20686F77206D7563683F94618C086D65746164617461947D948C077461696E74656494898C046E616D65948C03416E6E948C0974726561746D656E74948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C055F6D6164659493947D94288C046E616D65948C0468696768948C06726577617264944B648C05776F726473945D94288C0467697665948C0474616B6594658C066E6573746564947D948C0470616972944B014E86947375859452948C05726F756E64944B02752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(30,'17a4fb69a675406dab3b39d51dfb31ba','group:study:1:wy1zntcr:1/bob',5,'ConstantThread',1,X'80049506010000000000007D94288C056D6F64656C948C15636F6E7374616E742F426F622074616B657320332E948C0763686F69636573945D948C0C426F622074616B657320332E94618C086D65746164617461947D948C077461696E74656494898C046E616D65948C03426F62948C0974726561746D656E74948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C055F6D6164659493947D94288C046E616D65948C0468696768948C06726577617264944B648C05776F726473945D94288C0467697665948C0474616B6594658C066E6573746564947D948C0470616972944B014E86947375859452948C05726F756E64944B028C0473616964948C013394752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(31,'9b8ad4bcb2c549e3a74ba8ada7960677','group:study:1:wy1zntcr:1#numbers',5,'Conversation',1,X'8004951F000000000000007D94288C056E616D657394298C036F776E947D948C036E6F77944B0373752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(32,'4c30c757e9614fe1b568a3c41bca1b9e','group:study:1:wy1zntcr:1#numbers/1',5,'ConstantThread',1,X'80049540000000000000007D94288C056D6F64656C948C0C636F6E7374616E742F317374948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(33,'12daf5cde22f422f9497c729433254ab','group:study:1:wy1zntcr:1#numbers/2',5,'ScriptedThread',1,X'8004953F000000000000007D94288C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C077265706C696573945D94288C0178948C01799465752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(34,'4aadcd3f85cf4b9394aa67f764df81dd','group:study:1:wy1zntcr:1#numbers/3',5,'ConstantThread',1,X'80049540000000000000007D94288C056D6F64656C948C0C636F6E7374616E742F337264948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(35,'8f15721d26464f1894ea42bd581e5837','group:study:1:wy1zntcr:2',5,'Conversation',1,X'800495D1000000000000007D94288C056E616D6573948C03616E6E948C03626F629486948C036F776E947D94288C036E6F77944B018C0974726561746D656E74948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C055F6D6164659493947D94288C046E616D65948C0468696768948C06726577617264944B648C05776F726473945D94288C0467697665948C0474616B6594658C066E6573746564947D948C0470616972944B014E86947375859452948C05726F756E64944B018C05746F706963948C047261696E9475752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(36,'e2fec51e1e75465391a8e62542ae51c5','group:study:1:wy1zntcr:2/ann',5,'GPTThread',1,X'800495EE000000000000007D94288C0B74656D706572617475726594473FF00000000000008C056D6F64656C948C066770742D346F948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046E616D65948C03416E6E948C0974726561746D656E74948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C055F6D6164659493947D942868098C0468696768948C06726577617264944B648C05776F726473945D94288C0467697665948C0474616B6594658C066E6573746564947D948C0470616972944B014E86947375859452948C05726F756E64944B01752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(37,'1f2715bdd8d24387a1e1c929ed9ee12c','group:study:1:wy1zntcr:2/bob',5,'ConstantThread',1,X'800495E6000000000000007D94288C056D6F64656C948C15636F6E7374616E742F426F622074616B657320332E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C046E616D65948C03426F62948C0974726561746D656E74948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C055F6D6164659493947D942868088C0468696768948C06726577617264944B648C05776F726473945D94288C0467697665948C0474616B6594658C066E6573746564947D948C0470616972944B014E86947375859452948C05726F756E64944B01752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(38,'235fe9d7698a4176bde49e41fb449e71','group:study:1:wy1zntcr:2#numbers',5,'Conversation',1,X'8004951F000000000000007D94288C056E616D657394298C036F776E947D948C036E6F77944B0173752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(39,'60c51823780843ba89b083ae5f034631','group:study:1:wy1zntcr:2#numbers/1',5,'ConstantThread',1,X'80049540000000000000007D94288C056D6F64656C948C0C636F6E7374616E742F317374948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(40,'3305aaf086f74ba685307e82977e0d20','group:study:1:wy1zntcr:2#numbers/2',5,'ScriptedThread',1,X'8004953F000000000000007D94288C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C077265706C696573945D94288C0178948C01799465752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(41,'4b458a293a06462c8ec40509bc1d5059','group:study:1:wy1zntcr:2#numbers/3',5,'ConstantThread',1,X'80049540000000000000007D94288C056D6F64656C948C0C636F6E7374616E742F337264948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(42,'98503e7d54ab4365ab1e7b87310e0c50','subsession:study:1:wy1zntcr',5,'ConstantThread',1,X'8004954F000000000000007D94288C056D6F64656C948C1B636F6E7374616E742F4F66207468652073756273657373696F6E2E948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(43,'64888ad5a59643f5b7f0939a7c10d1d2','session:wy1zntcr',5,'ConstantThread',1,X'8004954C000000000000007D94288C056D6F64656C948C18636F6E7374616E742F4F66207468652073657373696F6E2E948C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432789130663869e+09);
INSERT INTO "otree_ego_thread" VALUES(44,'4bcae40967c04491a134ef8167ae463f','player:study:1:v53o8o6t#rare form',5,'ConstantThread',1,X'8004959F000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C126F747265655F65676F2E6D65737361676573948C04466F726D9493942981945D94288C06616E73776572947D948C0474797065948C066F626A65637494738C0F726F6F74203A3A3D205B302D395D2B94886562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(45,'aed3e90ca2994eb18388f1e266920442','player:study:1:v53o8o6t#rare rule',5,'ConstantThread',1,X'8004958C000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C126F747265655F65676F2E706572736F6E6173948C0452756C659493942981947D94288C046B696E64948C056576657279948C016E944740000000000000007562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(46,'012461f1478349a6888f2d5eef4a6fe2','player:study:1:v53o8o6t#rare experiment',5,'ConstantThread',1,X'800495C20F0000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C1F6F747265655F65676F2E6578706572696D656E742E74726561746D656E7473948C0A4578706572696D656E749493942981947D94288C0A74726561746D656E74739468098C055F6D6164659493947D948C046E616D65948C036C6F7794738594529468107D9468128C046869676894738594529486948C035F6964948C203061343633373038643961363438353062653364666530386366303739333535948C075F72616E646F6D948C0672616E646F6D948C0652616E646F6D9493942952944B03288A0500000080004A187FC0098A059C7184CB004A3CE7BC0C8A05A4B2D8F4008A05E924C78B004AE2B1AA514ACB325C124AC1997F4F4A3412BE038A056C5F53E8004A46B6932C4A9F8F7B578A0590C5FFCD008A05037D92A4004AD6157C604A67E51E584A663C26694A0C3F71328A0548355BA2008A05A7C386F8004AFD6C91598A054AB4BF9D008A05A4CF2D93008A055EC767B0008A05416449F4004AF992B8344AB13105148A054A9487D6004AAEE2951E8A05D35530C6004A42706E2B8A0538ACD7FD004ACF4E36504A850EC1788A05CA29B4C5008A054E3C74AF008A051C79C384008A054B832F99008A0582AF62D9004AB0C825558A05A9D9BDE6004A53416A684A7BDA18104AF752066B4A2B6AA2514AFF59E0248A050D9C2392004A60BF891F8A05D0CBE1E7004AFE8604668A0544DAF6CF004A07D7D2268A05A73C74F6004A01EA2A044AA3D4F1098A056653E8D8004A5FF7B9484AF28E38744A58A273674A5986FB4B8A0544FF1799004A1F29B2438A05909169F9004AA12CE4578A05C38A46A9004AF326EF534AAF93910E8A052786ADC7004A7ABB383F8A05575924FF004A1E5EB74D8A051EF6808D004A351B7F7D8A0590EE3AEC004A46251C6C8A05D13314E5004A0F9C6C5C8A058E0DD5BE008A05A1D700EE008A050DA7B9A0004A8CFF94678A0568776F81008A05C00E5892004AFAEA22454A39DC881E8A05946BFDE5008A05E198FDEF004A2969624E4ADC3F57608A05D14A8299008A0548DDCF85008A0518B643E4008A05D8B55FB9004A604315788A054F6A33A4004A945561134AC9B6297D4AFB766B784AE0439E4C8A05E06F67B7004A26BC987C4A20A2F2528A059D67CCB9004AED059D1A4A00784E1A8A05A4480C82004AAE886F7B4AD1CA7C094A32E7F67F8A0536452398008A05FA1F25A7004ABFC0DA418A05D04C0ECC004A312E11228A0538E7EBB1008A057A965897004AD18FBC118A05CF4283A2008A05BAB292F7008A05EF3D38A3004ABBD326084A8927B6258A0548E6648A004A7FB729188A05A576DAE7008A0598356CDA008A0589137880008A05DA26EFCC004AB0342E588A058A5D0FD0004AFC0E29558A05B62278FA008A05E37790DA004AE2D3C05E4A743B04524A231BF1798A0511C83599008A05F03320F2008A052E1E7398008A059C99DDD5008A05EDA778E3004AE62810728A058AD788A4004AB895391C4AE4D3D5348A05906C5CB5008A05B0B67CD1004A1017F4664AEF099A504A893B79468A05914B1DA5004AD4EFF7534A6687B2498A05006D3E9D008A057BBA6E88004ACA73B7718A05ED24CC95004A5564A1194A511A1A548A05FAD37CAC004AED4696054A3D7709354AF9F315688A0538B72AB0008A0515D56C80008A0588AB968B008A054AA895DA008A0538CA4DD7008A05E4EE48C3004A59AFFA7F4AEDE79C488A053C49D2F9008A0531E615CA008A05E3769CEA004A2034227C8A05E280A4A8008A056990F4AF004A68F0872A8A0522B7B198004AA60431588A05E0319FC6004AD76A0E4E4A7A1051018A058AE03894004AB445B6164AA0A87B094AFE8F2B174AAE7054248A058F402A98008A05657C3DD3008A0574F3D6E2008A05D26DC284008A057A95B594008A058D7661C9008A05747018D2004A06168C7F4A2E77D9494A2AC4A26B4AD463D91E8A05552EFDD1008A052BA4AF98008A0586597392004A2B7896068A05C3DC66B6004A7A34BD518A051B9B25B9004AA14FFD268A0577886EB6004A068B386A8A05B7F735D0004A461EEC778A05C0356ACE004A1369AD7E8A050845A8D7004A8597BD0F4A23F3176A8A059A2CD483008A05EF8E52F9008A0588BE51AF008A0518D62BE2004A3746554F4AC000F60D4ADEAD61054AAC284D7A8A05432C0BEC008A05EF4C998A004A84F0174A8A0545186386008A058ECB1ABB008A054EA34283008A054933C3A1004A959623358A053395BBEE004A054E17174A63416F3D8A05CB50A78A008A05B863CCEC004A4AA035028A05D7FBAAF9008A05897F98F8004AD235325D8A05EEEC95C2004AB3DEF4488A05FF65638E008A0506DDB2A0004A75F52A458A0579E84FEE008A05157B2BE9004A99DC6B124AB0F4794D4AC229FC114A6AA1576F4AC8B0C7784A909CBD014A6B7FED058A057FDD71A3004AE45D574B8A059DCEBE92008A05BB3548EA004ADCEF74094A317250414AE5EDB2194A2D0DEB408A052670FBB7008A05F3F642E9008A05312DF4CF004AC51A82274A354E891E8A058B3931A0004A50C1C1614A4E4BD86D8A051D921894004A11A498598A05290904AE004A577AC1378A05929519CA008A05782E2CDD008A05FBAE5DEB008A05B1C007E6004A4145DC348A05B638ACC2008A05AE7A678F004AD9BE076A4A596147404A7942AF474ACF5181174AFE32C9188A050B7C73ED004A939431318A057DC39DD8004A9339C3574AA5DA725C4A07CC8A374A934176194A1CE7442B8A0554890FFE004AFAB803384A66EF8C4D4AC3EBE9254AD82532108A059DEB6683008A056C4DD994008A05638A6993004A7FE749018A057AF0D6C6008A055875ABD1008A05BF3012C0008A05C58C77CD004A2425D84F8A05B06EA8C7008A050B07EDE5004A725953414A876A7B204AC850F50D8A05FB02D293008A05463D6FEB004A6C406B3E4A9B0120234A10C2A2384AED33F34C4A643147194A7A345E488A05908A8694004A5697E1714A1769BD1E4A9AAD88578A05FF3D1BD1008A0576E929C8008A0543F12AE0004AB3D57C278A055AE025C4004AEA211E598A058957E3D3008A05D40CD58D004AB1C78E4C8A05EC0AF6E8004A3594D01D4AFCF618164A86EF016F8A052DE1C994004A34C461268A0514C64CE5004A595CA8194A93A5252D8A05B0586BFC008A05E3F92C8F008A05081E9EE7004AC26863078A05F6C189AD008A05FDA0CDD4004A497E3A128A05B20DEDD1004ABDA999434AFD6FA46C8A05D717C8E0008A054A1776E0004AA4D7FF1D8A0507151B8C004AB1686C044A96568B0E4AAF03D32F8A05E4B57B9C008A0596AFB29C004A79C3AF088A0514248481004A0A18775D4A3325BA2B4A5918AC088A05BF3229A6004AADB97D344A76635E4F4ABA9BF8598A05DA9D6599004A3D53BA6C4ABB692C6F8A05FFC0C2FB008A05766EB888008A05A69845A5008A054FA6FBE9004AAEF43E158A05003C9D87004AE832BB634A451BC1794ABDE0E5208A05E1BE0AE9004AD276D8214A2C2430148A0532A9839D008A05BA2B4AD4008A052D887AE0004A765860104A83DF580D8A05CC4750C3008A05459851D6004A50D12B5B8A05CBEE56D1004AEA6D083B8A05D2E26782004AAEECC4388A0566BE9EE5004A5DBCD14E4ADCF1BA098A0552964EC2008A05B430B3C3004A4FD74B134A2CC60E4D8A05C6CC41CA008A0556805DDD004A22F2F5638A0587AE0589004AE031F5564A4683AC538A05EABAC5A8008A052D1F04FC008A05A7465EE1004A0D8C2D378A05807073FA004A284B30344A7050F2524AEF55D5564AC6AEB7494AFA320C278A05D2A26085008A054A371E97008A0551A49FD0004AE754246D8A05D716728B008A05C8571EC0008A0528B847C1008A05FC9A9BC7008A05099D57F5008A05A8CB4E9D004AB426C0504A132706074AB4B3CF3C4A3B8AED144A990166764A31D649198A05DBD7F082008A0589BA3B97004AD7E78F418A055C83A2AE008A05D82464AC004ADD025F4B4AFC5C240C8A05EBD3048E004AC8883B2C4AD62F69554A8710403E4AFC1997198A0531CF5FD7004A9777F2024A726B112D4AA507954A8A05F9020691004ADA7F8B2E4AE26443134AAFA7DE4E8A05AC271391008A05597417A2008A05AC2EE2B3008A0537E63696004A60CA142D4A77992B768A05E8FD8B99004A8DC4C9034AEB24504A4A1E3560124A4036476A8A05F4369298008A050B8E8195008A052DF45384004A245F63704A13EDD2528A05197F9B8F008A058257A8D3004ACD8FBB378A05E0F30C88004A950ACE214A41D3FA3E4A069620514A2EBF216D4AC0E628744AEC940C244A288B710A4A48545A608A05ED3EC2AA008A051D8E68DA004AF587176B8A05637F8E83004AFDFC83658A0502AB92B4008A05B3B86CE9008A0587C194B5008A05E2D42A93008A059C4BDADB008A050743D3F8004AD9F946318A059A0527D7008A0596E056A1004A1906A2668A05A0AA82F4008A05AB9F6B8D004AFA2818344A38E346004ABB2764144A7FC0B73E8A0570F3FCAB008A0550F345E5008A05E95071A2008A05FDAA45BB004A600FE8738A05E88EFAC6004A356C8E484A79F63B2D4AA5E029364A09D6AF6E8A05508340BC004AC7ED47184A7BFA3D6D8A0591A713AB004A4CE4A50B4A206A237C8A058FF61389008A056A29EDE9008A054C6978E3008A054459D1F8004A4F5DFB148A05052CA1E9008A059180B8D3008A056E3171F3004A7973EF0C8A0508336084008A05A610C3A8004A4ED7DF1E4A63D5B87E8A05F266ABD0004ADC5CF81C4A6811D2104AA96DB8038A05F1D1F1FC008A05E030E0B4008A05E47E92AE008A05AC6D0C91004AA469CF458A05A11CD2BB008A05C93C5FF6008A0527F161D0004A7DACFD348A057D47E9BC008A05D1386FFB008A0557FBCFBD008A054E1916C0004A1B79F1384A5FF3FD784ACED073188A05D978AF87008A0560AE5EFA004A15EB74198A057668AB8E004A19EA3F6E8A05D6BD60B4008A05662FFEA7008A059184B4A8004A386448364A292B6A5D8A05C0A856AA008A058F8808F9008A05581CABD7008A05346C39A2004ADB0F31518A056734A0AB004A840047388A0571403ACB008A051D6FA7BB004ABC66FA068A05C60BB880004AB86AC5274A4EF75B1A4A56A1AA554AA62441478A053C4AE8D3008A0546D462E8008A051E0B75A5008A054C34AFA6008A053694E5F9004A93ACB0034A0EAD38444AEA73D9688A050EE162FB008A05268795E5004AE57600718A0523128BB1008A05083EBCD8004A472D59514A4F0B2B2F4A91D2B04A8A05D515EB97008A05367933F9004AB64376764AE643FC464A8293A7124A0E0CA03D8A0548FCB8D9004AFA7C07578A05FFD72883008A05653BC69A008A05F00FD282004A54A27A658A0542445B8D008A05ABB942CC004AB4119D404AE1D3BC4B8A058FB0CDB0008A05E18243D6008A05B2ACF089004AACB67A278A05466AC3EE008A051692A7F0008A05C12EA1A1004AB623FB174AF73D05364ACE712F6A4D700274944E8794628C075F706172616D73947D947562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(47,'e922ef360dfb46079fe7f80d60b21ac4','player:study:1:v53o8o6t#rare design',5,'ConstantThread',1,X'800495F0000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C1C6F747265655F65676F2E6578706572696D656E742E64657369676E73948C09466163746F7269616C9493942981947D94288C066C6576656C73947D948C0161945D94284B014B0265738C0670726F6D7074948C116F747265655F65676F2E70726F6D707473948C0650726F6D70749493948C1057686174206973207B7B2061207D7D3F94859452948C0563656C6C73945D94287D9468104B01737D9468104B0273657562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(48,'bf112d129cc147cf8d51845957cc0de2','player:study:1:v53o8o6t#rare asked',5,'ConstantThread',1,X'800495B0000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C1B6F747265655F65676F2E6578706572696D656E742E61736B696E67948C0541736B65649493942981947D942868088C06414343455054948C0474657874948C0949206163636570742E948C08617474656D707473944B028C056572726F72948C00947562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(49,'dd31dd93f8e04b0b84c542cad8538ade','player:study:1:v53o8o6t#rare filter',5,'ConstantThread',1,X'800495B6000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C1D6F747265655F65676F2E6578706572696D656E742E6E6F746174696F6E948C0646696C7465729493942981947D94288C046E616D65948C126578636C75736976655F726573706F6E7365948C06746F6B656E73948C06414343455054948C0652454A4543549486947562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(50,'a5a2fe33480644f5bff56d8ec13a703d','player:study:1:v53o8o6t#rare replication',5,'ConstantThread',1,X'80049549010000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C156F747265655F65676F2E73746F7265732E72756E73948C0B5265706C69636174696F6E9493942981947D94288C0372756E948C207272727272727272727272727272727272727272727272727272727272727272948C05706C616365944B038C07617474656D7074944B018C06737461747573948C04646F6E65946807898C0974726561746D656E74948C00948C066C6576656C73947D948C06726573756C74947D948C0161944B01738C07616E7377657273944B018C056572726F729468158C0A6572726F725F746578749468158C04636F7374944E8C0773746172746564944700000000000000008C05656E646564944700000000000000007562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(51,'9d5822186d88487dbbdb470fbf17f49f','player:study:1:v53o8o6t#rare parse_error',5,'ConstantThread',1,X'800495B6000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C106F747265655F65676F2E6572726F7273948C0A50617273654572726F729493948C195468657265206973206E6F206E756D62657220696E2069742E94859452947D94288C0474657874948C054E6F6E652E948C086578706563746564948C0861206E756D626572947562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(52,'4c760de95da3454abe0ef8c119ea6375','player:study:1:v53o8o6t#rare invalid',5,'ConstantThread',1,X'80049596000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C106F747265655F65676F2E6572726F7273948C0D496E76616C6964416E737765729493948C0D4E6F742061206E756D6265722E94859452947D948C0474657874948C054E6F6E652E947362752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(53,'e0ada69261a34070a6d4413c761efd24','player:study:1:v53o8o6t#rare limited',5,'ConstantThread',1,X'800495CC000000000000007D94288C056D6F64656C948C0E636F6E7374616E742F526172652E948C0763686F69636573945D948C086D65746164617461947D948C077461696E74656494898C0576616C7565948C106F747265655F65676F2E6572726F7273948C0B526174654C696D697465649493948C12546F6F206D616E792072657175657374732E94859452947D94288C0773657276696365948C066F70656E61699468018C066770742D346F948C06737461747573944DAD018C0B72657472795F616674657294473FF80000000000007562752E',1.79586432831700968737e+09);
INSERT INTO "otree_ego_thread" VALUES(54,'5ea5355bccf343dca245d7ae4710085a','participant:uly0886u#ultimatum',3,'Thread',1,X'80049546000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.79586432864953804023e+09);
INSERT INTO "otree_ego_thread" VALUES(55,'a884444081ee42d5b1af549e0936d5f9','player:decide:1:shygxtfx',4,'Thread',1,X'80049546000000000000007D94288C056D6F64656C948C066770742D346F948C0772657472696573944B008C0763686F69636573945D948C086D65746164617461947D948C077461696E7465649489752E',1.7958643288177819252e+09);
CREATE TABLE otree_pagetimebatch (
	id INTEGER NOT NULL, 
	text TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "otree_pagetimebatch" VALUES(1,'6iyl5chd,1,q7c9gwb1,0,,InitializeParticipant,1795864321,1,0,0
');
INSERT INTO "otree_pagetimebatch" VALUES(2,'6iyl5chd,1,q7c9gwb1,1,ego_chat,Name,1795864322,1,0,0
6iyl5chd,2,e8fnamha,0,,InitializeParticipant,1795864322,1,0,0
6iyl5chd,2,e8fnamha,1,ego_chat,Name,1795864322,1,0,0
6iyl5chd,3,pejd6ad9,0,,InitializeParticipant,1795864322,1,0,0
6iyl5chd,3,pejd6ad9,1,ego_chat,Name,1795864322,1,0,0
6iyl5chd,4,ugegc47l,0,,InitializeParticipant,1795864322,1,0,0
6iyl5chd,4,ugegc47l,1,ego_chat,Name,1795864323,1,0,0
6iyl5chd,5,euq1s728,0,,InitializeParticipant,1795864323,1,0,0
6iyl5chd,5,euq1s728,1,ego_chat,Name,1795864323,1,0,0
6iyl5chd,7,p23bu9sk,0,,InitializeParticipant,1795864323,1,0,0
6iyl5chd,7,p23bu9sk,1,ego_chat,Name,1795864323,1,0,0
6iyl5chd,7,p23bu9sk,2,ego_chat,Chat,1795864324,1,0,0
gbebfpfz,1,509wuumf,0,,InitializeParticipant,1795864324,1,0,0
gbebfpfz,2,du4qgkxo,0,,InitializeParticipant,1795864324,1,0,0
gbebfpfz,1,509wuumf,1,group_chat,Meet,1795864324,1,0,1
gbebfpfz,2,du4qgkxo,1,group_chat,Meet,1795864324,1,0,1
gbebfpfz,1,509wuumf,2,group_chat,Introduction,1795864324,1,0,0
gbebfpfz,2,du4qgkxo,2,group_chat,Introduction,1795864324,1,0,0
q38vxkpx,1,zxhhzvvc,0,,InitializeParticipant,1795864325,1,0,0
q38vxkpx,1,zxhhzvvc,1,ultimatum,Introduction,1795864325,1,0,0
q38vxkpx,1,zxhhzvvc,2,ultimatum,Check,1795864325,1,0,0
q38vxkpx,1,zxhhzvvc,6,ultimatum,AIProposes,1795864325,1,0,1
q38vxkpx,2,0xdawwan,0,,InitializeParticipant,1795864325,1,0,0
q38vxkpx,2,0xdawwan,1,ultimatum,Introduction,1795864325,1,0,0
q38vxkpx,2,0xdawwan,2,ultimatum,Check,1795864325,1,0,0
q38vxkpx,2,0xdawwan,6,ultimatum,AIProposes,1795864325,1,0,1
q38vxkpx,1,zxhhzvvc,10,ultimatum,Respond,1795864326,1,0,0
q38vxkpx,1,zxhhzvvc,13,ultimatum,Results,1795864326,1,0,0
q38vxkpx,1,zxhhzvvc,20,ultimatum,AIProposes,1795864326,2,0,1
q38vxkpx,3,uly0886u,0,,InitializeParticipant,1795864326,1,0,0
hzqc9kon,1,zhpycl8j,0,,InitializeParticipant,1795864326,1,0,0
hzqc9kon,2,ejro5jgu,0,,InitializeParticipant,1795864326,1,0,0
hzqc9kon,3,jpfrjgs4,0,,InitializeParticipant,1795864326,1,0,0
hzqc9kon,4,shygxtfx,0,,InitializeParticipant,1795864326,1,0,0
hzqc9kon,5,30tk6kmo,0,,InitializeParticipant,1795864326,1,0,0
hzqc9kon,6,5b14l3n8,0,,InitializeParticipant,1795864326,1,0,0
hzqc9kon,1,zhpycl8j,1,decide,Before,1795864326,1,0,0
hzqc9kon,1,zhpycl8j,2,decide,Partner,1795864327,1,0,1
hzqc9kon,2,ejro5jgu,1,decide,Before,1795864327,1,0,0
hzqc9kon,2,ejro5jgu,2,decide,Partner,1795864327,1,0,1
hzqc9kon,3,jpfrjgs4,1,decide,Before,1795864327,1,0,0
hzqc9kon,5,30tk6kmo,1,decide,Before,1795864327,1,0,0
wy1zntcr,1,jszwjlli,0,,InitializeParticipant,1795864327,1,0,0
wy1zntcr,1,jszwjlli,1,study,Arrive,1795864327,1,0,0
wy1zntcr,3,7umag34s,0,,InitializeParticipant,1795864328,1,0,0
wy1zntcr,3,7umag34s,1,study,Arrive,1795864328,1,0,0
wy1zntcr,4,v53o8o6t,0,,InitializeParticipant,1795864328,1,0,0
wy1zntcr,4,v53o8o6t,1,study,Arrive,1795864328,1,0,0
wy1zntcr,3,7umag34s,2,study,Lab,1795864328,1,0,0
q38vxkpx,3,uly0886u,1,ultimatum,Introduction,1795864328,1,0,0
hzqc9kon,4,shygxtfx,1,decide,Before,1795864328,1,0,0
');
CREATE TABLE otree_participant (
	id INTEGER NOT NULL, 
	_vars TEXT, 
	session_id INTEGER, 
	label VARCHAR(100), 
	id_in_session INTEGER, 
	payoff TEXT, 
	status VARCHAR(50) NOT NULL, 
	time_started_utc VARCHAR(50), 
	mturk_assignment_id VARCHAR(50), 
	mturk_worker_id VARCHAR(50), 
	_index_in_pages INTEGER, 
	_monitor_note_json VARCHAR(300), 
	code VARCHAR(16) NOT NULL, 
	_session_code VARCHAR(16), 
	visited BOOLEAN, 
	_last_page_timestamp INTEGER, 
	_last_request_timestamp INTEGER, 
	is_on_wait_page BOOLEAN, 
	_current_page_name VARCHAR(200), 
	_current_app_name VARCHAR(200), 
	_round_number INTEGER, 
	_current_form_page_url VARCHAR(500), 
	_max_page_index INTEGER, 
	_is_bot BOOLEAN, 
	is_browser_bot BOOLEAN, 
	_timeout_expiration_time FLOAT, 
	_timeout_page_index INTEGER, 
	_waitpage_is_connected BOOLEAN, 
	_waitpage_tab_hidden BOOLEAN, 
	_gbat_page_index INTEGER, 
	_gbat_grouped BOOLEAN, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE, 
	CHECK (visited IN (0, 1)), 
	CHECK (is_on_wait_page IN (0, 1)), 
	CHECK (_is_bot IN (0, 1)), 
	CHECK (is_browser_bot IN (0, 1)), 
	CHECK (_waitpage_is_connected IN (0, 1)), 
	CHECK (_waitpage_tab_hidden IN (0, 1)), 
	CHECK (_gbat_grouped IN (0, 1))
);
INSERT INTO "otree_participant" VALUES(1,'gAR9lC4=
',1,NULL,1,'0','','2026-11-28 11:12:01.775285',NULL,NULL,2,'[]','q7c9gwb1','6iyl5chd',1,1795864322,1795864322,0,'Chat','ego_chat',1,NULL,3,0,0,NULL,2,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(2,'gAR9lC4=
',1,NULL,2,'0','','2026-11-28 11:12:02.550965',NULL,NULL,2,'[]','e8fnamha','6iyl5chd',1,1795864322,1795864322,0,'Chat','ego_chat',1,NULL,3,0,0,NULL,2,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(3,'gAR9lC4=
',1,NULL,3,'0','','2026-11-28 11:12:02.742360',NULL,NULL,2,'[]','pejd6ad9','6iyl5chd',1,1795864322,1795864322,0,'Chat','ego_chat',1,NULL,3,0,0,NULL,2,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(4,'gAR9lC4=
',1,NULL,4,'0','','2026-11-28 11:12:02.812126',NULL,NULL,2,'[]','ugegc47l','6iyl5chd',1,1795864323,1795864323,0,'Chat','ego_chat',1,NULL,3,0,0,NULL,2,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(5,'gAR9lC4=
',1,NULL,5,'0','','2026-11-28 11:12:03.268206',NULL,NULL,2,'[]','euq1s728','6iyl5chd',1,1795864323,1795864323,0,'Chat','ego_chat',1,NULL,3,0,0,NULL,2,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(6,'gAR9lC4=
',1,NULL,6,'0','',NULL,NULL,NULL,0,'[]','l0hkzsvq','6iyl5chd',0,NULL,NULL,0,NULL,NULL,NULL,NULL,3,0,0,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(7,'gAR9lC4=
',1,NULL,7,'0','','2026-11-28 11:12:03.421255',NULL,NULL,3,'[]','p23bu9sk','6iyl5chd',1,1795864324,1795864324,0,'End','ego_chat',1,NULL,3,0,0,NULL,3,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(8,'gAR9lC4=
',2,NULL,1,'0','','2026-11-28 11:12:04.131339',NULL,NULL,3,'[]','509wuumf','gbebfpfz',1,1795864324,1795864324,0,'Chat','group_chat',1,NULL,5,0,0,NULL,3,0,0,1,1);
INSERT INTO "otree_participant" VALUES(9,'gAR9lC4=
',2,NULL,2,'0','','2026-11-28 11:12:04.201545',NULL,NULL,3,'[]','du4qgkxo','gbebfpfz',1,1795864324,1795864324,0,'Chat','group_chat',1,NULL,5,0,0,NULL,3,0,0,1,1);
INSERT INTO "otree_participant" VALUES(10,'gAR9lC4=
',2,NULL,3,'0','',NULL,NULL,NULL,0,'[]','aw9yh0ao','gbebfpfz',0,NULL,NULL,0,NULL,NULL,NULL,NULL,5,0,0,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(11,'gAR9lC4=
',2,NULL,4,'0','',NULL,NULL,NULL,0,'[]','sqxirlvy','gbebfpfz',0,NULL,NULL,0,NULL,NULL,NULL,NULL,5,0,0,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(12,'gAR9lC4=
',3,NULL,1,'40','','2026-11-28 11:12:05.001992',NULL,NULL,24,'[]','zxhhzvvc','q38vxkpx',1,1795864326,1795864326,0,'Respond','ultimatum',2,NULL,140,0,0,NULL,24,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(13,'gAR9lC4=
',3,NULL,2,'0','','2026-11-28 11:12:05.507580',NULL,NULL,10,'[]','0xdawwan','q38vxkpx',1,1795864325,1795864325,0,'Respond','ultimatum',1,NULL,140,0,0,NULL,10,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(14,'gAR9lC4=
',3,NULL,3,'0','','2026-11-28 11:12:06.468194',NULL,NULL,2,'[]','uly0886u','q38vxkpx',1,1795864328,1795864328,0,'Check','ultimatum',1,NULL,140,0,0,NULL,2,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(15,'gAR9lC4=
',3,NULL,4,'0','',NULL,NULL,NULL,0,'[]','evb86n9q','q38vxkpx',0,NULL,NULL,0,NULL,NULL,NULL,NULL,140,0,0,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(16,'gAR9lC4=
',4,NULL,1,'84','','2026-11-28 11:12:06.583519',NULL,NULL,3,'[]','zhpycl8j','hzqc9kon',1,1795864326,1795864327,0,'After','decide',1,NULL,3,0,0,NULL,3,1,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(17,'gAR9lC4=
',4,NULL,2,'14','','2026-11-28 11:12:06.626273',NULL,NULL,3,'[]','ejro5jgu','hzqc9kon',1,1795864327,1795864327,0,'After','decide',1,NULL,3,0,0,NULL,3,1,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(18,'gAR9lC4=
',4,NULL,3,'0','','2026-11-28 11:12:06.670117',NULL,NULL,2,'[]','jpfrjgs4','hzqc9kon',1,1795864327,1795864327,1,'Partner','decide',1,NULL,3,0,0,NULL,1,1,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(19,'gAR9lC4=
',4,NULL,4,'0','','2026-11-28 11:12:06.719473',NULL,NULL,2,'[]','shygxtfx','hzqc9kon',1,1795864328,1795864328,1,'Partner','decide',1,NULL,3,0,0,NULL,1,1,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(20,'gAR9lC4=
',4,NULL,5,'0','','2026-11-28 11:12:06.755160',NULL,NULL,2,'[]','30tk6kmo','hzqc9kon',1,1795864327,1795864327,1,'Partner','decide',1,NULL,3,0,0,NULL,1,1,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(21,'gAR9lC4=
',4,NULL,6,'0','','2026-11-28 11:12:06.816852',NULL,NULL,1,'[]','5b14l3n8','hzqc9kon',1,1795864326,1795864326,0,'Before','decide',1,NULL,3,0,0,NULL,1,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(22,'gAR9lC4=
',4,NULL,7,'0','',NULL,NULL,NULL,0,'[]','pez8zsx5','hzqc9kon',0,NULL,NULL,0,NULL,NULL,NULL,NULL,3,0,0,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(23,'gASVFgkAAAAAAAB9lCiMBnZhbHVlc5R9lCiMB3BlcnNvbmGUjBJvdHJlZV9lZ28ucGVyc29uYXOUjAdQZXJzb25hlJOUKYGUfZQojARuYW1llIwDQWRhlIwMaW5zdHJ1Y3Rpb25zlIwQWW91IGFyZSBjdXJpb3VzLpSMBW1vZGVslIwLZ3B0LTRvLW1pbmmUjAZjb2xvdXKUjAcjMGI1ZmE1lIwGc3BlYWtzlIweZXZlcnkgMiwgYWRkcmVzc2VkLCBhZnRlciAyMCBzlIwHYXRfbW9zdJRLBYwLdGVtcGVyYXR1cmWURz/TMzMzMzMzjARwYWNllIwQb3RyZWVfZWdvLnBhY2luZ5SMBFBhY2WUk5QpgZR9lCiMBGJhc2WURz/wAAAAAAAAR0AIAAAAAAAAhpSMDXBlcl9jaGFyYWN0ZXKURz+keuFHrhR7Rz+keuFHrhR7hpR1YowGX3J1bGVzlGgEjARSdWxllJOUKYGUfZQojARraW5klIwFZXZlcnmUjAFulEdAAAAAAAAAAHViaCEpgZR9lChoJIwJYWRkcmVzc2VklGgmSwB1YmghKYGUfZQoaCSMBWFmdGVylGgmR0A0AAAAAAAAdWKHlHVijA1wbGFpbl9wZXJzb25hlGgGKYGUfZQoaAmMA0JlbpRoC4wAlGgNaDJoD2gyaBGMBmFsd2F5c5RoE05oFE5oFWgYKYGUfZQoaBtHAAAAAAAAAABHAAAAAAAAAACGlGgdRwAAAAAAAAAARwAAAAAAAAAAhpR1YmgfaCEpgZR9lChoJIwGYWx3YXlzlGgmSwB1YoWUdWKMBHBhY2WUaBgpgZR9lChoG0dAAAAAAAAAAEdAGAAAAAAAAIaUaB1HAAAAAAAAAABHAAAAAAAAAACGlHVijAl0cmVhdG1lbnSUjB9vdHJlZV9lZ28uZXhwZXJpbWVudC50cmVhdG1lbnRzlIwFX21hZGWUk5R9lChoCYwEaGlnaJSMBnJld2FyZJRLZIwFd29yZHOUXZQojARnaXZllIwEdGFrZZRljAZuZXN0ZWSUfZSMBHBhaXKUSwFOhpRzdYWUUpSMBnByb21wdJSMEW90cmVlX2Vnby5wcm9tcHRzlIwGUHJvbXB0lJOUjChZb3Ugb3duIHt7IGFtb3VudCB9fSBwb2ludHMsIHt7IG5hbWUgfX0ulIWUUpSMDmZhaWx1cmVfcG9saWN5lIwPb3RyZWVfZWdvLnR1cm5zlIwGUG9saWN5lJOUKYGUfZQojAhkZWFkbGluZZRHQD4AAAAAAACMB3JldHJpZXOUSwGMB2JhY2tvZmaURz/gAAAAAAAAjA5mYWxsYmFja19tb2RlbJRoDowNZmFsbGJhY2tfdGV4dJSMB1BhcmRvbj+UdWKMBXVzYWdllIwSb3RyZWVfZWdvLm1lc3NhZ2VzlIwFVXNhZ2WUk5QpgZRdlChLDEsDSwFlYowHbWVzc2FnZZRoZowHTWVzc2FnZZSTlCmBlF2UKIwJYXNzaXN0YW50lIwVSGVsbG8sIMO8bsOvY29kZSDinJMulEsDjAZncHQtNG+UjAhjb21wbGV0ZZSJaHKMC2dwdC00by0yMDI0lH2UjAt0ZW1wZXJhdHVyZZRHP+AAAAAAAABzSwdLDEsDTkc/0AAAAAAAAEc/+AAAAAAAAE6MBHN0b3CUaDJoMn2UKIwFZXJyb3KUjAtSYXRlTGltaXRlZJRoLEc/4AAAAAAAAHWFlEsCjCAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMJRHQdo53gAAAABlYowHcmVxdWVzdJRoZowHUmVxdWVzdJSTlCmBlF2UKGhyjAZzeXN0ZW2UjAlCZSBicmllZi6UhpSMBHVzZXKUjAJIaZSGlIaUfZRodkc/8AAAAAAAAHN9lEdAFAAAAAAAAIhoMmgyTmVijAVyZXBseZRoZowFUmVwbHmUk5QpgZRdlCiMBUZpbmUulGh0aGlod05HP+AAAAAAAABlYnWMBXBsYWlulH2UKIwGbnVtYmVylEsHjARodWdllIoJAAAQYy1ex2sFjARoYWxmlEc/4AAAAAAAAIwEdGV4dJSMIkdyw7zDn2UsIHt7IG5vdF9hX3RlbXBsYXRlIH19IOKckwqUjAdub3RoaW5nlE6MA3llc5SIjAZvZmZlcnOUXZQoSwFLAl2USwNhZWhOSwGMAWGUToaUhpSMBHBsYW6UfZQoaJ19lIwBYpRdlChLAUsCZXNLA4wFdGhyZWWUdYwEc2VlbpSPlChLAUsCSwOQjAZmcm96ZW6UKIwBeJSRlIwDcmF3lEMCAP+UdYwFdXN1YWyUfZQojAVtb25leZSMDm90cmVlLmN1cnJlbmN5lIwIQ3VycmVuY3mUk5SMATWUhZRSlIwFZXhhY3SUjAdkZWNpbWFslIwHRGVjaW1hbJSTlIwEMC4xMJSFlFKUjANkYXmUjAhkYXRldGltZZSMBGRhdGWUk5RDBAfqCxyUhZRSlIwGbW9tZW50lGi+jAhkYXRldGltZZSTlEMKB+oLHAkeAAAAAJRovowIdGltZXpvbmWUk5RovowJdGltZWRlbHRhlJOUSwBLAEsAh5RSlIWUUpSGlFKUjAR3YWl0lGjLSwBLWksAh5RSlIwFdGhpcmSUjAlmcmFjdGlvbnOUjAhGcmFjdGlvbpSTlEsBSwOGlFKUjARuYW1llIwEdXVpZJSMBFVVSUSUk5QpgZR9lIwDaW50lEsFc2KMBmNvdW50c5SMC2NvbGxlY3Rpb25zlIwHQ291bnRlcpSTlH2UKGidSwJoo0sBdYWUUpSMB29yZGVyZWSUaOOMC09yZGVyZWREaWN0lJOUKVKUKGijSwFonUsCdYwFcXVldWWUaOOMBWRlcXVllJOUKUsDhpRSlChLAUsCZYwEc3BhbpSMCGJ1aWx0aW5zlIwFcmFuZ2WUk5RLAksJSwOHlFKUdYwGYmFza2V0lIwFc3R1ZHmUjAZCYXNrZXSUk5QpgZR9lCiMBWZydWl0lIwDZmlnlIwFY291bnSUSwF1YowHYXJyaXZhbJR9lCiMB3BlcnNvbmGUjAZzdHJpY3SUjAVvcmRlcpSMAWKUdXUu
',5,NULL,1,'0','','2026-11-28 11:12:07.927220',NULL,NULL,2,'[]','jszwjlli','wy1zntcr',1,1795864327,1795864327,0,'Lab','study',1,NULL,4,0,0,NULL,2,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(24,'gAR9lC4=
',5,NULL,2,'0','',NULL,NULL,NULL,0,'[]','3fnd70p3','wy1zntcr',0,NULL,NULL,0,NULL,NULL,NULL,NULL,4,0,0,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(25,'gASVMQAAAAAAAAB9lIwHYXJyaXZhbJR9lCiMB3BlcnNvbmGUjAZzdHJpY3SUjAVvcmRlcpSMAWGUdXMu
',5,NULL,3,'0','','2026-11-28 11:12:08.021532',NULL,NULL,3,'[]','7umag34s','wy1zntcr',1,1795864328,1795864328,0,'Flow','study',1,NULL,4,0,0,NULL,3,0,0,NULL,NULL);
INSERT INTO "otree_participant" VALUES(26,'gASVHxQAAAAAAAB9lCiMB2Fycml2YWyUfZQojAdwZXJzb25hlIwEa2luZJSMBW9yZGVylIwBYpR1jARyYXJllH2UKIwEZm9ybZSMEm90cmVlX2Vnby5tZXNzYWdlc5SMBEZvcm2Uk5QpgZRdlCiMBmFuc3dlcpR9lIwEdHlwZZSMBm9iamVjdJRzjA9yb290IDo6PSBbMC05XSuUiGVijARydWxllIwSb3RyZWVfZWdvLnBlcnNvbmFzlIwEUnVsZZSTlCmBlH2UKIwEa2luZJSMBWV2ZXJ5lIwBbpRHQAAAAAAAAAB1YowKZXhwZXJpbWVudJSMH290cmVlX2Vnby5leHBlcmltZW50LnRyZWF0bWVudHOUjApFeHBlcmltZW50lJOUKYGUfZQojAp0cmVhdG1lbnRzlGgejAVfbWFkZZSTlH2UjARuYW1llIwDbG93lHOFlFKUaCV9lGgnjARoaWdolHOFlFKUhpSMA19pZJSMIDBhNDYzNzA4ZDlhNjQ4NTBiZTNkZmUwOGNmMDc5MzU1lIwHX3JhbmRvbZSMBnJhbmRvbZSMBlJhbmRvbZSTlClSlEsDKIoFAAAAgABKGH/ACYoFnHGEywBKPOe8DIoFpLLY9ACKBekkx4sASuKxqlFKyzJcEkrBmX9PSjQSvgOKBWxfU+gASka2kyxKn497V4oFkMX/zQCKBQN9kqQAStYVfGBKZ+UeWEpmPCZpSgw/cTKKBUg1W6IAigWnw4b4AEr9bJFZigVKtL+dAIoFpM8tkwCKBV7HZ7AAigVBZEn0AEr5krg0SrExBRSKBUqUh9YASq7ilR6KBdNVMMYASkJwbiuKBTis1/0ASs9ONlBKhQ7BeIoFyim0xQCKBU48dK8AigUcecOEAIoFS4MvmQCKBYKvYtkASrDIJVWKBanZveYASlNBamhKe9oYEEr3UgZrSitqolFK/1ngJIoFDZwjkgBKYL+JH4oF0Mvh5wBK/oYEZooFRNr2zwBKB9fSJooFpzx09gBKAeoqBEqj1PEJigVmU+jYAEpf97lISvKOOHRKWKJzZ0pZhvtLigVE/xeZAEofKbJDigWQkWn5AEqhLORXigXDikapAErzJu9TSq+TkQ6KBSeGrccASnq7OD+KBVdZJP8ASh5et02KBR72gI0ASjUbf32KBZDuOuwASkYlHGyKBdEzFOUASg+cbFyKBY4N1b4AigWh1wDuAIoFDae5oABKjP+UZ4oFaHdvgQCKBcAOWJIASvrqIkVKOdyIHooFlGv95QCKBeGY/e8ASilpYk5K3D9XYIoF0UqCmQCKBUjdz4UAigUYtkPkAIoF2LVfuQBKYEMVeIoFT2ozpABKlFVhE0rJtil9Svt2a3hK4EOeTIoF4G9ntwBKJryYfEogovJSigWdZ8y5AErtBZ0aSgB4ThqKBaRIDIIASq6Ib3tK0cp8CUoy5/Z/igU2RSOYAIoF+h8lpwBKv8DaQYoF0EwOzABKMS4RIooFOOfrsQCKBXqWWJcAStGPvBGKBc9Cg6IAigW6spL3AIoF7z04owBKu9MmCEqJJ7YligVI5mSKAEp/tykYigWldtrnAIoFmDVs2gCKBYkTeIAAigXaJu/MAEqwNC5YigWKXQ/QAEr8DilVigW2Inj6AIoF43eQ2gBK4tPAXkp0OwRSSiMb8XmKBRHINZkAigXwMyDyAIoFLh5zmACKBZyZ3dUAigXtp3jjAErmKBByigWK14ikAEq4lTkcSuTT1TSKBZBsXLUAigWwtnzRAEoQF/RmSu8JmlBKiTt5RooFkUsdpQBK1O/3U0pmh7JJigUAbT6dAIoFe7puiABKynO3cYoF7STMlQBKVWShGUpRGhpUigX603ysAErtRpYFSj13CTVK+fMVaIoFOLcqsACKBRXVbIAAigWIq5aLAIoFSqiV2gCKBTjKTdcAigXk7kjDAEpZr/p/Su3nnEiKBTxJ0vkAigUx5hXKAIoF43ac6gBKIDQifIoF4oCkqACKBWmQ9K8ASmjwhyqKBSK3sZgASqYEMViKBeAxn8YAStdqDk5KehBRAYoFiuA4lABKtEW2FkqgqHsJSv6PKxdKrnBUJIoFj0AqmACKBWV8PdMAigV089biAIoF0m3ChACKBXqVtZQAigWNdmHJAIoFdHAY0gBKBhaMf0oud9lJSirEomtK1GPZHooFVS790QCKBSukr5gAigWGWXOSAEoreJYGigXD3Ga2AEp6NL1RigUbmyW5AEqhT/0migV3iG62AEoGizhqigW39zXQAEpGHux3igXANWrOAEoTaa1+igUIRajXAEqFl70PSiPzF2qKBZos1IMAigXvjlL5AIoFiL5RrwCKBRjWK+IASjdGVU9KwAD2DUrerWEFSqwoTXqKBUMsC+wAigXvTJmKAEqE8BdKigVFGGOGAIoFjssauwCKBU6jQoMAigVJM8OhAEqVliM1igUzlbvuAEoFThcXSmNBbz2KBctQp4oAigW4Y8zsAEpKoDUCigXX+6r5AIoFiX+Y+ABK0jUyXYoF7uyVwgBKs970SIoF/2VjjgCKBQbdsqAASnX1KkWKBXnoT+4AigUVeyvpAEqZ3GsSSrD0eU1Kwin8EUpqoVdvSsiwx3hKkJy9AUprf+0FigV/3XGjAErkXVdLigWdzr6SAIoFuzVI6gBK3O90CUoxclBBSuXtshlKLQ3rQIoFJnD7twCKBfP2QukAigUxLfTPAErFGoInSjVOiR6KBYs5MaAASlDBwWFKTkvYbYoFHZIYlABKEaSYWYoFKQkErgBKV3rBN4oFkpUZygCKBXguLN0AigX7rl3rAIoFscAH5gBKQUXcNIoFtjiswgCKBa56Z48AStm+B2pKWWFHQEp5Qq9HSs9RgRdK/jLJGIoFC3xz7QBKk5QxMYoFfcOd2ABKkznDV0ql2nJcSgfMijdKk0F2GUoc50QrigVUiQ/+AEr6uAM4SmbvjE1Kw+vpJUrYJTIQigWd62aDAIoFbE3ZlACKBWOKaZMASn/nSQGKBXrw1sYAigVYdavRAIoFvzASwACKBcWMd80ASiQl2E+KBbBuqMcAigULB+3lAEpyWVNBSodqeyBKyFD1DYoF+wLSkwCKBUY9b+sASmxAaz5KmwEgI0oQwqI4Su0z80xKZDFHGUp6NF5IigWQioaUAEpWl+FxShdpvR5Kmq2IV4oF/z0b0QCKBXbpKcgAigVD8SrgAEqz1XwnigVa4CXEAErqIR5ZigWJV+PTAIoF1AzVjQBKsceOTIoF7Ar26ABKNZTQHUr89hgWSobvAW+KBS3hyZQASjTEYSaKBRTGTOUASllcqBlKk6UlLYoFsFhr/ACKBeP5LI8AigUIHp7nAErCaGMHigX2wYmtAIoF/aDN1ABKSX46EooFsg3t0QBKvamZQ0r9b6RsigXXF8jgAIoFShd24ABKpNf/HYoFBxUbjABKsWhsBEqWVosOSq8D0y+KBeS1e5wAigWWr7KcAEp5w68IigUUJISBAEoKGHddSjMluitKWRisCIoFvzIppgBKrbl9NEp2Y15PSrqb+FmKBdqdZZkASj1TumxKu2ksb4oF/8DC+wCKBXZuuIgAigWmmEWlAIoFT6b76QBKrvQ+FYoFADydhwBK6DK7Y0pFG8F5Sr3g5SCKBeG+CukAStJ22CFKLCQwFIoFMqmDnQCKBborStQAigUtiHrgAEp2WGAQSoPfWA2KBcxHUMMAigVFmFHWAEpQ0StbigXL7lbRAErqbQg7igXS4meCAEqu7MQ4igVmvp7lAEpdvNFOStzxugmKBVKWTsIAigW0MLPDAEpP10sTSizGDk2KBcbMQcoAigVWgF3dAEoi8vVjigWHrgWJAErgMfVWSkaDrFOKBeq6xagAigUtHwT8AIoFp0Ze4QBKDYwtN4oFgHBz+gBKKEswNEpwUPJSSu9V1VZKxq63SUr6MgwnigXSomCFAIoFSjcelwCKBVGkn9AASudUJG2KBdcWcosAigXIVx7AAIoFKLhHwQCKBfyam8cAigUJnVf1AIoFqMtOnQBKtCbAUEoTJwYHSrSzzzxKO4rtFEqZAWZ2SjHWSRmKBdvX8IIAigWJujuXAErX549BigVcg6KuAIoF2CRkrABK3QJfS0r8XCQMigXr0wSOAErIiDssStYvaVVKhxBAPkr8GZcZigUxz1/XAEqXd/ICSnJrES1KpQeVSooF+QIGkQBK2n+LLkriZEMTSq+n3k6KBawnE5EAigVZdBeiAIoFrC7iswCKBTfmNpYASmDKFC1Kd5krdooF6P2LmQBKjcTJA0rrJFBKSh41YBJKQDZHaooF9DaSmACKBQuOgZUAigUt9FOEAEokX2NwShPt0lKKBRl/m48AigWCV6jTAErNj7s3igXg8wyIAEqVCs4hSkHT+j5KBpYgUUouvyFtSsDmKHRK7JQMJEooi3EKSkhUWmCKBe0+wqoAigUdjmjaAEr1hxdrigVjf46DAEr9/INligUCq5K0AIoFs7hs6QCKBYfBlLUAigXi1CqTAIoFnEva2wCKBQdD0/gAStn5RjGKBZoFJ9cAigWW4FahAEoZBqJmigWgqoL0AIoFq59rjQBK+igYNEo440YASrsnZBRKf8C3PooFcPP8qwCKBVDzReUAigXpUHGiAIoF/apFuwBKYA/oc4oF6I76xgBKNWyOSEp59jstSqXgKTZKCdavbooFUINAvABKx+1HGEp7+j1tigWRpxOrAEpM5KULSiBqI3yKBY/2E4kAigVqKe3pAIoFTGl44wCKBURZ0fgASk9d+xSKBQUsoekAigWRgLjTAIoFbjFx8wBKeXPvDIoFCDNghACKBaYQw6gASk7X3x5KY9W4fooF8mar0ABK3Fz4HEpoEdIQSqltuAOKBfHR8fwAigXgMOC0AIoF5H6SrgCKBaxtDJEASqRpz0WKBaEc0rsAigXJPF/2AIoFJ/Fh0ABKfaz9NIoFfUfpvACKBdE4b/sAigVX+8+9AIoFThkWwABKG3nxOEpf8/14Ss7QcxiKBdl4r4cAigVgrl76AEoV63QZigV2aKuOAEoZ6j9uigXWvWC0AIoFZi/+pwCKBZGEtKgASjhkSDZKKStqXYoFwKhWqgCKBY+ICPkAigVYHKvXAIoFNGw5ogBK2w8xUYoFZzSgqwBKhABHOIoFcUA6ywCKBR1vp7sASrxm+gaKBcYLuIAASrhqxSdKTvdbGkpWoapVSqYkQUeKBTxK6NMAigVG1GLoAIoFHgt1pQCKBUw0r6YAigU2lOX5AEqTrLADSg6tOERK6nPZaIoFDuFi+wCKBSaHleUASuV2AHGKBSMSi7EAigUIPrzYAEpHLVlRSk8LKy9KkdKwSooF1RXrlwCKBTZ5M/kASrZDdnZK5kP8RkqCk6cSSg4MoD2KBUj8uNkASvp8B1eKBf/XKIMAigVlO8aaAIoF8A/SggBKVKJ6ZYoFQkRbjQCKBau5QswASrQRnUBK4dO8S4oFj7DNsACKBeGCQ9YAigWyrPCJAEqstnonigVGasPuAIoFFpKn8ACKBcEuoaEASrYj+xdK9z0FNkrOcS9qTXACdJROh5RijAdfcGFyYW1zlH2UdWKMBmRlc2lnbpSMHG90cmVlX2Vnby5leHBlcmltZW50LmRlc2lnbnOUjAlGYWN0b3JpYWyUk5QpgZR9lCiMBmxldmVsc5R9lIwBYZRdlChLAUsCZXOMBnByb21wdJSMEW90cmVlX2Vnby5wcm9tcHRzlIwGUHJvbXB0lJOUjBBXaGF0IGlzIHt7IGEgfX0/lIWUUpSMBWNlbGxzlF2UKH2UaENLAXN9lGhDSwJzZXVijAVhc2tlZJSMG290cmVlX2Vnby5leHBlcmltZW50LmFza2luZ5SMBUFza2VklJOUKYGUfZQojAV2YWx1ZZSMBkFDQ0VQVJSMBHRleHSUjAlJIGFjY2VwdC6UjAhhdHRlbXB0c5RLAowFZXJyb3KUjACUdWKMBmZpbHRlcpSMHW90cmVlX2Vnby5leHBlcmltZW50Lm5vdGF0aW9ulIwGRmlsdGVylJOUKYGUfZQoaCeMEmV4Y2x1c2l2ZV9yZXNwb25zZZSMBnRva2Vuc5RoV4wGUkVKRUNUlIaUdWKMC3JlcGxpY2F0aW9ulIwVb3RyZWVfZWdvLnN0b3Jlcy5ydW5zlIwLUmVwbGljYXRpb26Uk5QpgZR9lCiMA3J1bpSMIHJycnJycnJycnJycnJycnJycnJycnJycnJycnJycnJylIwFcGxhY2WUSwOMB2F0dGVtcHSUSwGMBnN0YXR1c5SMBGRvbmWUjAd0YWludGVklImMCXRyZWF0bWVudJRoXGhBfZSMBnJlc3VsdJR9lGhDSwFzjAdhbnN3ZXJzlEsBaFtoXIwKZXJyb3JfdGV4dJRoXIwEY29zdJROjAdzdGFydGVklEcAAAAAAAAAAIwFZW5kZWSURwAAAAAAAAAAdWKMC3BhcnNlX2Vycm9ylIwQb3RyZWVfZWdvLmVycm9yc5SMClBhcnNlRXJyb3KUk5SMGVRoZXJlIGlzIG5vIG51bWJlciBpbiBpdC6UhZRSlH2UKGhYjAVOb25lLpSMCGV4cGVjdGVklIwIYSBudW1iZXKUdWKMB2ludmFsaWSUaH6MDUludmFsaWRBbnN3ZXKUk5SMDU5vdCBhIG51bWJlci6UhZRSlH2UaFhohXNijAdsaW1pdGVklGh+jAtSYXRlTGltaXRlZJSTlIwSVG9vIG1hbnkgcmVxdWVzdHMulIWUUpR9lCiMB3NlcnZpY2WUjAZvcGVuYWmUjAVtb2RlbJSMBmdwdC00b5RocU2tAYwLcmV0cnlfYWZ0ZXKURz/4AAAAAAAAdWJ1dS4=
',5,NULL,4,'0','','2026-11-28 11:12:08.096039',NULL,NULL,2,'[]','v53o8o6t','wy1zntcr',1,1795864328,1795864328,0,'Lab','study',1,NULL,4,0,0,NULL,2,0,0,NULL,NULL);
CREATE TABLE otree_participantvarsfromrest (
	id INTEGER NOT NULL, 
	participant_label VARCHAR(255), 
	room_name VARCHAR(255), 
	_json_data TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE otree_roomtosession (
	id INTEGER NOT NULL, 
	room_name VARCHAR(255), 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (room_name), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
CREATE TABLE otree_session (
	id INTEGER NOT NULL, 
	_vars TEXT, 
	config TEXT, 
	label VARCHAR, 
	code VARCHAR(16) NOT NULL, 
	"mturk_HITId" VARCHAR(300), 
	"mturk_HITGroupId" VARCHAR(300), 
	is_mturk BOOLEAN, 
	mturk_use_sandbox BOOLEAN, 
	mturk_expiration FLOAT, 
	mturk_qual_id VARCHAR(50), 
	archived BOOLEAN, 
	comment TEXT, 
	_anonymous_code VARCHAR(20) NOT NULL, 
	is_demo BOOLEAN, 
	_admin_report_app_names TEXT, 
	_admin_report_num_rounds VARCHAR(255), 
	num_participants INTEGER, 
	_created INTEGER, 
	PRIMARY KEY (id), 
	CHECK (is_mturk IN (0, 1)), 
	CHECK (mturk_use_sandbox IN (0, 1)), 
	CHECK (archived IN (0, 1)), 
	CHECK (is_demo IN (0, 1))
);
INSERT INTO "otree_session" VALUES(1,'gAR9lC4=
','gASVngEAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjARjaGF0lIwMYXBwX3NlcXVlbmNllF2UjAhlZ29fY2hhdJRhjBVudW1fZGVtb19wYXJ0aWNpcGFudHOUSwGMCWVnb19tb2RlbJSMBmdwdC00b5SMD2Vnb190ZW1wZXJhdHVyZZRHP+AAAAAAAACMC2Vnb19yZXRyaWVzlEsAjBBlZ29fbWF4X21lc3NhZ2VzlEsUjAxlZ29fZGVhZGxpbmWUR0A+AAAAAAAAjBFlZ29fc3lzdGVtX3Byb21wdJSMM1lvdSBhcmUgTWFydmluLCBhbmQgdGhlIHNlY3JldCB3b3JkIGlzIHF1b2trYS03MzUxLpSMDGVnb19sYW5ndWFnZZSMAmVulIwMZGlzcGxheV9uYW1llGgMdS4=
','','6iyl5chd',NULL,NULL,0,1,NULL,'',0,NULL,'tibasoji',0,'','',7,1.79586432158719348905e+09);
INSERT INTO "otree_session" VALUES(2,'gAR9lC4=
','gASVcQIAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAVyb29tc5SMDGFwcF9zZXF1ZW5jZZRdlIwKZ3JvdXBfY2hhdJRhjBVudW1fZGVtb19wYXJ0aWNpcGFudHOUSwKMD2dyb3VwX2NoYXRfc2l6ZZRLAowPZ3JvdXBfY2hhdF93YWl0lEsAjA9ncm91cF9jaGF0X3BhY2WUjAEwlIwTZ3JvdXBfY2hhdF9pbl9hX3Jvd5RLA4wTZ3JvdXBfY2hhdF9wZXJzb25hc5SMfEFkYTogWW91IGFyZSBjdXJpb3VzLiB8IEJlbiBbYWRkcmVzc2VkOyBhdF9tb3N0PTI7IHRlbXBlcmF0dXJlPTAuMV06IFlvdSBkb3VidCBldmVyeXRoaW5nLiB8IE1vIFttb2RlcmF0b3JdOiBZb3Uga2VlcCBvcmRlci6UjBFncm91cF9jaGF0X3NwZWFrc5SMBmFsd2F5c5SMEGdyb3VwX2NoYXRfdG9waWOUjBhJcyBhIGhvdCBkb2cgYSBzYW5kd2ljaD+UjBJncm91cF9jaGF0X3NlY29uZHOUSwCMCWVnb19tb2RlbJSMBmdwdC00b5SMC2Vnb19yZXRyaWVzlEsAjBBlZ29fbWluX21lc3NhZ2VzlEsBjAxlZ29fbGFuZ3VhZ2WUjAJlbpSMDGRpc3BsYXlfbmFtZZRoDHUu
','','gbebfpfz',NULL,NULL,0,1,NULL,'',0,NULL,'puvusibu',0,'','',4,1.79586432406713318826e+09);
INSERT INTO "otree_session" VALUES(3,'gAR9lC4=
','gASVRAIAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjARnYW1llIwMYXBwX3NlcXVlbmNllF2UjAl1bHRpbWF0dW2UYYwVbnVtX2RlbW9fcGFydGljaXBhbnRzlEsBjA51bHRpbWF0dW1fcm9sZZSMCXJlc3BvbmRlcpSMEXVsdGltYXR1bV9wYXJ0bmVylIwCYWmUjBF1bHRpbWF0dW1fYWR2aXNlcpSJjBB1bHRpbWF0dW1fbWV0aG9klIwGZGlyZWN0lIwPdWx0aW1hdHVtX2ZyYW1llIwLc3BsaXQsIGdpdmWUjBB1bHRpbWF0dW1fcm91bmRzlEsCjBN1bHRpbWF0dW1fZW5kb3dtZW50lEtkjA91bHRpbWF0dW1fZGVsYXmUjAEwlIwRdWx0aW1hdHVtX3RpbWVvdXSUSwCMEHVsdGltYXR1bV9tb2RlbHOUjBNncHQtNG8sIGdwdC00by1taW5plIwTdWx0aW1hdHVtX3JlYXNvbmluZ5SJjBJ1bHRpbWF0dW1fZmFsbGJhY2uUaAqMCWVnb19tb2RlbJSMBmdwdC00b5SMC2Vnb19yZXRyaWVzlEsAjAxlZ29fbGFuZ3VhZ2WUjAJlbpSMDGRpc3BsYXlfbmFtZZRoDHUu
','','q38vxkpx',NULL,NULL,0,1,NULL,'',0,NULL,'jozataba',0,'','',4,1.79586432487416219712e+09);
INSERT INTO "otree_session" VALUES(4,'gAR9lC4=
','gASV8QAAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAZkZWNpZGWUjAxhcHBfc2VxdWVuY2WUXZRoDGGMFW51bV9kZW1vX3BhcnRpY2lwYW50c5RLAYwJZWdvX21vZGVslIwGZ3B0LTRvlIwLZWdvX3JldHJpZXOUSwCMDGRpc3BsYXlfbmFtZZRoDHUu
','','hzqc9kon',NULL,NULL,0,1,NULL,'',0,NULL,'gufonira',0,'','',7,1.79586432649585795405e+09);
INSERT INTO "otree_session" VALUES(5,'gASVzAUAAAAAAAB9lIwGdmFsdWVzlH2UKIwHcGVyc29uYZSMEm90cmVlX2Vnby5wZXJzb25hc5SMB1BlcnNvbmGUk5QpgZR9lCiMBG5hbWWUjANBZGGUjAxpbnN0cnVjdGlvbnOUjBBZb3UgYXJlIGN1cmlvdXMulIwFbW9kZWyUjAtncHQtNG8tbWluaZSMBmNvbG91cpSMByMwYjVmYTWUjAZzcGVha3OUjB5ldmVyeSAyLCBhZGRyZXNzZWQsIGFmdGVyIDIwIHOUjAdhdF9tb3N0lEsFjAt0ZW1wZXJhdHVyZZRHP9MzMzMzMzOMBHBhY2WUjBBvdHJlZV9lZ28ucGFjaW5nlIwEUGFjZZSTlCmBlH2UKIwEYmFzZZRHP/AAAAAAAABHQAgAAAAAAACGlIwNcGVyX2NoYXJhY3RlcpRHP6R64UeuFHtHP6R64UeuFHuGlHVijAZfcnVsZXOUaASMBFJ1bGWUk5QpgZR9lCiMBGtpbmSUjAVldmVyeZSMAW6UR0AAAAAAAAAAdWJoISmBlH2UKGgkjAlhZGRyZXNzZWSUaCZLAHViaCEpgZR9lChoJIwFYWZ0ZXKUaCZHQDQAAAAAAAB1YoeUdWKMDXBsYWluX3BlcnNvbmGUaAYpgZR9lChoCYwDQmVulGgLjACUaA1oMmgPaDJoEYwGYWx3YXlzlGgTTmgUTmgVaBgpgZR9lChoG0cAAAAAAAAAAEcAAAAAAAAAAIaUaB1HAAAAAAAAAABHAAAAAAAAAACGlHViaB9oISmBlH2UKGgkjAZhbHdheXOUaCZLAHVihZR1YmgVaBgpgZR9lChoG0dAAAAAAAAAAEdAGAAAAAAAAIaUaB1HAAAAAAAAAABHAAAAAAAAAACGlHVijAl0cmVhdG1lbnSUjB9vdHJlZV9lZ28uZXhwZXJpbWVudC50cmVhdG1lbnRzlIwFX21hZGWUk5R9lChoCYwEaGlnaJSMBnJld2FyZJRLZIwFd29yZHOUXZQojARnaXZllIwEdGFrZZRljAZuZXN0ZWSUfZSMBHBhaXKUSwFOhpRzdYWUUpSMBnByb21wdJSMEW90cmVlX2Vnby5wcm9tcHRzlIwGUHJvbXB0lJOUjChZb3Ugb3duIHt7IGFtb3VudCB9fSBwb2ludHMsIHt7IG5hbWUgfX0ulIWUUpSMDmZhaWx1cmVfcG9saWN5lIwPb3RyZWVfZWdvLnR1cm5zlIwGUG9saWN5lJOUKYGUfZQojAhkZWFkbGluZZRHQD4AAAAAAACMB3JldHJpZXOUSwGMB2JhY2tvZmaURz/gAAAAAAAAjA5mYWxsYmFja19tb2RlbJRoDowNZmFsbGJhY2tfdGV4dJSMB1BhcmRvbj+UdWKMBXVzYWdllIwSb3RyZWVfZWdvLm1lc3NhZ2VzlIwFVXNhZ2WUk5QpgZRdlChLDEsDSwFlYowHbWVzc2FnZZRoZYwHTWVzc2FnZZSTlCmBlF2UKIwJYXNzaXN0YW50lIwVSGVsbG8sIMO8bsOvY29kZSDinJMulEsDjAZncHQtNG+UjAhjb21wbGV0ZZSJaHGMC2dwdC00by0yMDI0lH2UaBRHP+AAAAAAAABzSwdLDEsDTkc/0AAAAAAAAEc/+AAAAAAAAE6MBHN0b3CUaDJoMn2UKIwFZXJyb3KUjAtSYXRlTGltaXRlZJRoLEc/4AAAAAAAAHWFlEsCjCAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMJRHQdo53gAAAABlYowHcmVxdWVzdJRoZYwHUmVxdWVzdJSTlCmBlF2UKGhxjAZzeXN0ZW2UjAlCZSBicmllZi6UhpSMBHVzZXKUjAJIaZSGlIaUfZRoFEc/8AAAAAAAAHN9lEdAFAAAAAAAAIhoMmgyTmVijAVyZXBseZRoZYwFUmVwbHmUk5QpgZRdlCiMBUZpbmUulGhzaGhodU5HP+AAAAAAAABlYnVzLg==
','gASVywAAAAAAAAB9lCiMHXJlYWxfd29ybGRfY3VycmVuY3lfcGVyX3BvaW50lEc/8AAAAAAAAIwRcGFydGljaXBhdGlvbl9mZWWUjA5vdHJlZS5jdXJyZW5jeZSMEVJlYWxXb3JsZEN1cnJlbmN5lJOUjAQwLjAwlIWUUpSMA2RvY5SMAJSMBG5hbWWUjAVzdHVkeZSMDGFwcF9zZXF1ZW5jZZRdlGgMYYwVbnVtX2RlbW9fcGFydGljaXBhbnRzlEsCjAxkaXNwbGF5X25hbWWUaAx1Lg==
','','wy1zntcr',NULL,NULL,0,1,NULL,'',0,NULL,'kajupolu',0,'','',4,1.79586432778024578096e+09);
CREATE TABLE otree_taskqueuemessage (
	id INTEGER NOT NULL, 
	method VARCHAR(50), 
	kwargs_json TEXT, 
	epoch_time INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "otree_taskqueuemessage" VALUES(1,'ensure_pages_visited','{"participant_pks": [8, 9], "page_index": 1}',1795864334);
CREATE TABLE study_group (
	id INTEGER NOT NULL, 
	id_in_subsession INTEGER, 
	round_number INTEGER, 
	stake INTEGER, 
	subsession_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES study_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "study_group" VALUES(1,1,1,1,1,5);
INSERT INTO "study_group" VALUES(2,2,1,100,1,5);
CREATE TABLE study_player (
	id INTEGER NOT NULL, 
	id_in_group INTEGER, 
	_payoff TEXT, 
	round_number INTEGER, 
	_role VARCHAR NOT NULL, 
	frame VARCHAR(10000), 
	bonus INTEGER, 
	subsession_id INTEGER, 
	group_id INTEGER, 
	participant_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(subsession_id) REFERENCES study_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(group_id) REFERENCES study_group (id), 
	FOREIGN KEY(participant_id) REFERENCES otree_participant (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "study_player" VALUES(1,1,'0',1,'','give',10,1,1,23,5);
INSERT INTO "study_player" VALUES(2,2,'0',1,'','take',5,1,1,24,5);
INSERT INTO "study_player" VALUES(3,1,'0',1,'','give',5,1,2,25,5);
INSERT INTO "study_player" VALUES(4,2,'0',1,'','take',10,1,2,26,5);
CREATE TABLE study_subsession (
	id INTEGER NOT NULL, 
	round_number INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "study_subsession" VALUES(1,1,5);
CREATE TABLE ultimatum_group (
	id INTEGER NOT NULL, 
	id_in_subsession INTEGER, 
	round_number INTEGER, 
	frame VARCHAR(10000), 
	method VARCHAR(10000), 
	model VARCHAR(10000), 
	proposal INTEGER, 
	"limit" INTEGER, 
	offer TEXT, 
	min_offer TEXT, 
	accepted BOOLEAN, 
	proposal_by VARCHAR(10000), 
	response_by VARCHAR(10000), 
	proposer_points TEXT, 
	responder_points TEXT, 
	subsession_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	CHECK (accepted IN (0, 1)), 
	FOREIGN KEY(subsession_id) REFERENCES ultimatum_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "ultimatum_group" VALUES(1,1,1,'give','direct','gpt-4o-mini',40,NULL,'40',NULL,1,'model','human','60','40',1,3);
INSERT INTO "ultimatum_group" VALUES(2,1,2,'give','direct','gpt-4o-mini',40,NULL,'40',NULL,NULL,'model',NULL,NULL,NULL,2,3);
INSERT INTO "ultimatum_group" VALUES(3,1,3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,3,3);
INSERT INTO "ultimatum_group" VALUES(4,1,4,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,4,3);
INSERT INTO "ultimatum_group" VALUES(5,1,5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,5,3);
INSERT INTO "ultimatum_group" VALUES(6,1,6,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,6,3);
INSERT INTO "ultimatum_group" VALUES(7,1,7,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,7,3);
INSERT INTO "ultimatum_group" VALUES(8,1,8,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,8,3);
INSERT INTO "ultimatum_group" VALUES(9,1,9,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,9,3);
INSERT INTO "ultimatum_group" VALUES(10,1,10,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,10,3);
INSERT INTO "ultimatum_group" VALUES(11,2,1,'split','direct','gpt-4o',40,NULL,'40',NULL,NULL,'model',NULL,NULL,NULL,1,3);
INSERT INTO "ultimatum_group" VALUES(12,3,1,'split','direct','gpt-4o-mini',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,3);
INSERT INTO "ultimatum_group" VALUES(13,4,1,'give','direct','gpt-4o',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,3);
INSERT INTO "ultimatum_group" VALUES(14,2,2,'split','direct','gpt-4o',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,3);
INSERT INTO "ultimatum_group" VALUES(15,3,2,'split','direct','gpt-4o-mini',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,3);
INSERT INTO "ultimatum_group" VALUES(16,4,2,'give','direct','gpt-4o',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,3);
CREATE TABLE ultimatum_player (
	id INTEGER NOT NULL, 
	id_in_group INTEGER, 
	_payoff TEXT, 
	round_number INTEGER, 
	_role VARCHAR NOT NULL, 
	seat VARCHAR(10000), 
	dropout BOOLEAN, 
	check1 VARCHAR(10000), 
	check2 VARCHAR(10000), 
	check3 VARCHAR(10000), 
	check_errors INTEGER, 
	advice_wanted BOOLEAN, 
	advice TEXT, 
	subsession_id INTEGER, 
	group_id INTEGER, 
	participant_id INTEGER, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	CHECK (dropout IN (0, 1)), 
	CHECK (advice_wanted IN (0, 1)), 
	FOREIGN KEY(subsession_id) REFERENCES ultimatum_subsession (id) ON DELETE CASCADE, 
	FOREIGN KEY(group_id) REFERENCES ultimatum_group (id), 
	FOREIGN KEY(participant_id) REFERENCES otree_participant (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "ultimatum_player" VALUES(1,1,'40',1,'','responder',0,'some','nobody','seen',0,NULL,NULL,1,1,12,3);
INSERT INTO "ultimatum_player" VALUES(2,1,'0',1,'','responder',0,'some','nobody','seen',0,NULL,NULL,1,11,13,3);
INSERT INTO "ultimatum_player" VALUES(3,1,'0',1,'','responder',0,NULL,NULL,NULL,0,NULL,NULL,1,12,14,3);
INSERT INTO "ultimatum_player" VALUES(4,1,'0',1,'','responder',0,NULL,NULL,NULL,0,NULL,NULL,1,13,15,3);
INSERT INTO "ultimatum_player" VALUES(5,1,'0',2,'','responder',0,NULL,NULL,NULL,0,NULL,NULL,2,2,12,3);
INSERT INTO "ultimatum_player" VALUES(6,1,'0',2,'','responder',0,NULL,NULL,NULL,0,NULL,NULL,2,14,13,3);
INSERT INTO "ultimatum_player" VALUES(7,1,'0',2,'','responder',0,NULL,NULL,NULL,0,NULL,NULL,2,15,14,3);
INSERT INTO "ultimatum_player" VALUES(8,1,'0',2,'','responder',0,NULL,NULL,NULL,0,NULL,NULL,2,16,15,3);
INSERT INTO "ultimatum_player" VALUES(9,1,'0',3,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,3,3,12,3);
INSERT INTO "ultimatum_player" VALUES(10,2,'0',3,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,3,3,13,3);
INSERT INTO "ultimatum_player" VALUES(11,3,'0',3,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,3,3,14,3);
INSERT INTO "ultimatum_player" VALUES(12,4,'0',3,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,3,3,15,3);
INSERT INTO "ultimatum_player" VALUES(13,1,'0',4,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,4,4,12,3);
INSERT INTO "ultimatum_player" VALUES(14,2,'0',4,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,4,4,13,3);
INSERT INTO "ultimatum_player" VALUES(15,3,'0',4,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,4,4,14,3);
INSERT INTO "ultimatum_player" VALUES(16,4,'0',4,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,4,4,15,3);
INSERT INTO "ultimatum_player" VALUES(17,1,'0',5,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,5,5,12,3);
INSERT INTO "ultimatum_player" VALUES(18,2,'0',5,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,5,5,13,3);
INSERT INTO "ultimatum_player" VALUES(19,3,'0',5,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,5,5,14,3);
INSERT INTO "ultimatum_player" VALUES(20,4,'0',5,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,5,5,15,3);
INSERT INTO "ultimatum_player" VALUES(21,1,'0',6,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,6,6,12,3);
INSERT INTO "ultimatum_player" VALUES(22,2,'0',6,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,6,6,13,3);
INSERT INTO "ultimatum_player" VALUES(23,3,'0',6,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,6,6,14,3);
INSERT INTO "ultimatum_player" VALUES(24,4,'0',6,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,6,6,15,3);
INSERT INTO "ultimatum_player" VALUES(25,1,'0',7,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,7,7,12,3);
INSERT INTO "ultimatum_player" VALUES(26,2,'0',7,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,7,7,13,3);
INSERT INTO "ultimatum_player" VALUES(27,3,'0',7,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,7,7,14,3);
INSERT INTO "ultimatum_player" VALUES(28,4,'0',7,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,7,7,15,3);
INSERT INTO "ultimatum_player" VALUES(29,1,'0',8,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,8,8,12,3);
INSERT INTO "ultimatum_player" VALUES(30,2,'0',8,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,8,8,13,3);
INSERT INTO "ultimatum_player" VALUES(31,3,'0',8,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,8,8,14,3);
INSERT INTO "ultimatum_player" VALUES(32,4,'0',8,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,8,8,15,3);
INSERT INTO "ultimatum_player" VALUES(33,1,'0',9,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,9,9,12,3);
INSERT INTO "ultimatum_player" VALUES(34,2,'0',9,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,9,9,13,3);
INSERT INTO "ultimatum_player" VALUES(35,3,'0',9,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,9,9,14,3);
INSERT INTO "ultimatum_player" VALUES(36,4,'0',9,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,9,9,15,3);
INSERT INTO "ultimatum_player" VALUES(37,1,'0',10,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,10,10,12,3);
INSERT INTO "ultimatum_player" VALUES(38,2,'0',10,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,10,10,13,3);
INSERT INTO "ultimatum_player" VALUES(39,3,'0',10,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,10,10,14,3);
INSERT INTO "ultimatum_player" VALUES(40,4,'0',10,'',NULL,0,NULL,NULL,NULL,0,NULL,NULL,10,10,15,3);
CREATE TABLE ultimatum_subsession (
	id INTEGER NOT NULL, 
	round_number INTEGER, 
	partner VARCHAR(10000), 
	endowment TEXT, 
	session_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(session_id) REFERENCES otree_session (id) ON DELETE CASCADE
);
INSERT INTO "ultimatum_subsession" VALUES(1,1,'ai','100',3);
INSERT INTO "ultimatum_subsession" VALUES(2,2,'ai','100',3);
INSERT INTO "ultimatum_subsession" VALUES(3,3,NULL,NULL,3);
INSERT INTO "ultimatum_subsession" VALUES(4,4,NULL,NULL,3);
INSERT INTO "ultimatum_subsession" VALUES(5,5,NULL,NULL,3);
INSERT INTO "ultimatum_subsession" VALUES(6,6,NULL,NULL,3);
INSERT INTO "ultimatum_subsession" VALUES(7,7,NULL,NULL,3);
INSERT INTO "ultimatum_subsession" VALUES(8,8,NULL,NULL,3);
INSERT INTO "ultimatum_subsession" VALUES(9,9,NULL,NULL,3);
INSERT INTO "ultimatum_subsession" VALUES(10,10,NULL,NULL,3);
CREATE INDEX ix_otree_session__anonymous_code ON otree_session (_anonymous_code);
CREATE UNIQUE INDEX ix_otree_session_code ON otree_session (code);
CREATE INDEX ix_otree_session_archived ON otree_session (archived);
CREATE UNIQUE INDEX ix_otree_participant_code ON otree_participant (code);
CREATE INDEX ix_otree_participant__index_in_pages ON otree_participant (_index_in_pages);
CREATE INDEX ix_otree_participant_visited ON otree_participant (visited);
CREATE INDEX ix_otree_ego_thread_session_id ON otree_ego_thread (session_id);
CREATE INDEX ix_otree_ego_decision_session_id ON otree_ego_decision (session_id);
CREATE INDEX ix_otree_ego_decision_status ON otree_ego_decision (status);
CREATE UNIQUE INDEX ix_otree_ego_assignment_place ON otree_ego_assignment (session_id, line, place);
CREATE UNIQUE INDEX ix_otree_ego_assignment_owner ON otree_ego_assignment (owner, line);
CREATE INDEX ix_ego_chat_subsession_round_number ON ego_chat_subsession (round_number);
CREATE INDEX ix_group_chat_subsession_round_number ON group_chat_subsession (round_number);
CREATE INDEX ix_ultimatum_subsession_round_number ON ultimatum_subsession (round_number);
CREATE INDEX ix_decide_subsession_round_number ON decide_subsession (round_number);
CREATE INDEX ix_study_subsession_round_number ON study_subsession (round_number);
CREATE INDEX ix_otree_ego_message_place ON otree_ego_message (thread, seq);
CREATE INDEX ix_otree_ego_message_status ON otree_ego_message (status);
CREATE INDEX ix_ego_chat_group_id_in_subsession ON ego_chat_group (id_in_subsession);
CREATE INDEX ix_ego_chat_group_round_number ON ego_chat_group (round_number);
CREATE INDEX ix_group_chat_group_round_number ON group_chat_group (round_number);
CREATE INDEX ix_group_chat_group_id_in_subsession ON group_chat_group (id_in_subsession);
CREATE INDEX ix_ultimatum_group_round_number ON ultimatum_group (round_number);
CREATE INDEX ix_ultimatum_group_id_in_subsession ON ultimatum_group (id_in_subsession);
CREATE INDEX ix_decide_group_id_in_subsession ON decide_group (id_in_subsession);
CREATE INDEX ix_decide_group_round_number ON decide_group (round_number);
CREATE INDEX ix_study_group_round_number ON study_group (round_number);
CREATE INDEX ix_study_group_id_in_subsession ON study_group (id_in_subsession);
CREATE INDEX ix_ego_chat_player_round_number ON ego_chat_player (round_number);
CREATE INDEX ix_ego_chat_player_id_in_group ON ego_chat_player (id_in_group);
CREATE INDEX ix_group_chat_player_id_in_group ON group_chat_player (id_in_group);
CREATE INDEX ix_group_chat_player_round_number ON group_chat_player (round_number);
CREATE INDEX ix_ultimatum_player_id_in_group ON ultimatum_player (id_in_group);
CREATE INDEX ix_ultimatum_player_round_number ON ultimatum_player (round_number);
CREATE INDEX ix_decide_player_id_in_group ON decide_player (id_in_group);
CREATE INDEX ix_decide_player_round_number ON decide_player (round_number);
CREATE INDEX ix_study_player_id_in_group ON study_player (id_in_group);
CREATE INDEX ix_study_player_round_number ON study_player (round_number);
COMMIT;
