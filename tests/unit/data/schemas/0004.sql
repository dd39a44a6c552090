BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE answer_files (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	programme TEXT NOT NULL, 
	name TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	state TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	thread TEXT NOT NULL, 
	file_id TEXT NOT NULL, 
	unique_id TEXT NOT NULL, 
	sent_by TEXT NOT NULL, 
	account TEXT NOT NULL, 
	sent_at DATETIME NOT NULL, 
	reason TEXT NOT NULL, 
	applied INTEGER NOT NULL
);
INSERT INTO "answer_files" VALUES(1,'hung-yen-2024','answer_files.name','answer_files.sha256','waiting','telegram','answer_files.bot','answer_files.chat','answer_files.thread','answer_files.file_id','answer_files.unique_id','answer_files.sent_by','answer_files.account','2024-02-20 05:00:00.000000','answer_files.reason',1);
CREATE TABLE answer_news (
	answer_id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	outbox_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_answer_news PRIMARY KEY (answer_id, submission_id), 
	CONSTRAINT fk_answer_news_answer_id FOREIGN KEY(answer_id) REFERENCES answers (id), 
	CONSTRAINT fk_answer_news_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "answer_news" VALUES(1,1,1,'2024-02-20 05:00:00.000000');
CREATE TABLE answer_rows (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	file_id INTEGER NOT NULL, 
	issue_id INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	place TEXT NOT NULL, 
	finding TEXT NOT NULL, 
	question TEXT NOT NULL, 
	text TEXT NOT NULL, 
	basis TEXT NOT NULL, 
	responsible TEXT NOT NULL, 
	due TEXT NOT NULL, 
	settlement TEXT NOT NULL, 
	state TEXT NOT NULL, 
	decided_by TEXT NOT NULL, 
	decided_at DATETIME, 
	CONSTRAINT fk_answer_rows_file_id FOREIGN KEY(file_id) REFERENCES answer_files (id), 
	CONSTRAINT fk_answer_rows_issue_id FOREIGN KEY(issue_id) REFERENCES issues (id), 
	CONSTRAINT uq_answer_rows_issue_id_digest UNIQUE (issue_id, digest)
);
INSERT INTO "answer_rows" VALUES(1,1,1,'answer_rows.digest','answer_rows.place','answer_rows.finding','answer_rows.question','answer_rows.text','answer_rows.basis','answer_rows.responsible','answer_rows.due','answer_rows.settlement','waiting','answer_rows.decided_by','2024-02-20 05:00:00.000000');
CREATE TABLE answers (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	issue_id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	text TEXT NOT NULL, 
	basis TEXT NOT NULL, 
	responsible TEXT NOT NULL, 
	due TEXT NOT NULL, 
	settlement TEXT NOT NULL, 
	drafted_by TEXT NOT NULL, 
	drafted_at DATETIME NOT NULL, 
	source TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	confirmed_by TEXT DEFAULT '' NOT NULL, 
	confirmed_at DATETIME, 
	release_at DATETIME, 
	released_by TEXT DEFAULT '' NOT NULL, 
	released_at DATETIME, 
	CONSTRAINT fk_answers_issue_id FOREIGN KEY(issue_id) REFERENCES issues (id), 
	CONSTRAINT uq_answers_issue_id_revision UNIQUE (issue_id, revision)
);
INSERT INTO "answers" VALUES(1,1,1,1,'waiting','answers.text','answers.basis','answers.responsible','answers.due','answers.settlement','answers.drafted_by','2024-02-20 05:00:00.000000','answers.source','answers.reason','answers.confirmed_by','2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','answers.released_by','2024-02-20 05:00:00.000000');
CREATE TABLE asks (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	submission_id INTEGER NOT NULL, 
	"by" TEXT NOT NULL, 
	question TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	told_at DATETIME, 
	answer TEXT NOT NULL, 
	answered_at DATETIME, 
	closed_at DATETIME, covered_question TEXT DEFAULT '' NOT NULL, covered_answer TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_asks_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "asks" VALUES(1,6,'Lan','Bạn ở xã nào?','2024-02-20 06:03:00.000000','2024-02-22 06:03:00.000000','2024-02-20 06:03:00.000000','Em ở xã Tân Tiến ạ','2024-02-20 06:03:00.000000',NULL,'','');
CREATE TABLE cards (
	id INTEGER NOT NULL, 
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	submission_id INTEGER NOT NULL, 
	nonce TEXT NOT NULL, 
	message_id TEXT, 
	menu TEXT NOT NULL, former TEXT DEFAULT '' NOT NULL, walk BOOLEAN DEFAULT 0 NOT NULL, shelf TEXT DEFAULT '' NOT NULL, thread TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_cards PRIMARY KEY (id), 
	CONSTRAINT fk_cards_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id), 
	CONSTRAINT uq_cards_channel_bot_chat_submission_id UNIQUE (channel, bot, chat, submission_id), 
	CONSTRAINT uq_cards_nonce UNIQUE (nonce)
);
INSERT INTO "cards" VALUES(1,'telegram','42','-1001',1,'o_LcpvfByzTW',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(2,'telegram','42','-1001',2,'C6OFjonD3HEj',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(3,'telegram','42','-1001',3,'HOp3RNBFIVgH',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(4,'telegram','42','-1001',4,'HpnrQD3-tGdK',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(5,'telegram','42','-1001',5,'UEvCsbo9Bzaf',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(6,'telegram','42','-1001',6,'0GqtIYQtcAL5',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(7,'telegram','42','-1001',7,'fPUpaOGREMGB',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(8,'telegram','42','-1001',8,'hEzro0umyxBJ',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(9,'telegram','42','-1001',9,'tciLkgUiKuVe',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(10,'telegram','42','-1001',10,'ohjKWHckC_8Z',NULL,'','',0,'','');
INSERT INTO "cards" VALUES(11,'telegram','42','-1001',11,'03RXFJqKOUQR',NULL,'','',0,'','');
CREATE TABLE counters (
	kind TEXT NOT NULL, 
	programme TEXT NOT NULL, 
	value INTEGER NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (kind, programme)
);
INSERT INTO "counters" VALUES('submission','hung-yen-2024',10);
INSERT INTO "counters" VALUES('issue','hung-yen-2024',3);
INSERT INTO "counters" VALUES('part','hung-yen-2024',2);
CREATE TABLE exported (
	export_id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	lead TEXT, 
	issue INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	salt TEXT NOT NULL, 
	CONSTRAINT pk_exported PRIMARY KEY (export_id, submission_id), 
	CONSTRAINT fk_exported_export_id FOREIGN KEY(export_id) REFERENCES exports (id), 
	CONSTRAINT fk_exported_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "exported" VALUES(1,11,'waiting','viec-lam','so-ldtbxh',0,'9b8e1e656c5e8bbb52565503e34d1980','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,10,'waiting','hoc-phi-hoc-bong','so-gddt-old',0,'684d1364ffdb722fb0526cde4073b0ea','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,1,'approved','giao-thong-van-tai','so-gtvt',3,'9f24a5a18ea23480b70fb9d80db79a73','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,2,'approved','viec-lam','so-ldtbxh',2,'e4f4185dc2d128c020996fd838b23caa','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,3,'rejected','so-huu-tri-tue','so-khcn-old',0,'1e8e13195bd4632cc44c64645c2c4491','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,4,'waiting','viec-lam','so-ldtbxh',0,'1bf597b241f86a4b0b2a888e460f587e','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,5,'waiting','viec-lam','so-ldtbxh',0,'bf13c080616af16e141657b4559a450e','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,6,'waiting','viec-lam','so-ldtbxh',0,'8220efbd4e51abe49fd3c6ff562c26df','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,7,'approved','giao-thong-van-tai','so-gtvt',3,'4608b99e75e6348f1acd546106ac18fd','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,8,'waiting','hoc-phi-hoc-bong','so-gddt-old',0,'20d3b784dbc5eff478da03905f59b45c','e25d97e41d4b7af39fa0f71d5ac402ad');
INSERT INTO "exported" VALUES(1,9,'split','hoc-phi-hoc-bong','so-gddt-old',0,'86631aabe9b5ac3b8fb66f07d761ac47','e25d97e41d4b7af39fa0f71d5ac402ad');
CREATE TABLE exports (
	id INTEGER NOT NULL, 
	programme TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	asked_by TEXT NOT NULL, 
	occasion TEXT NOT NULL, 
	file TEXT NOT NULL, 
	sha256 TEXT NOT NULL, final BOOLEAN DEFAULT 0 NOT NULL, supplement INTEGER DEFAULT 0 NOT NULL, issues INTEGER, waiting INTEGER, added INTEGER, changed INTEGER, gone INTEGER, 
	CONSTRAINT pk_exports PRIMARY KEY (id), 
	CONSTRAINT uq_exports_programme_number UNIQUE (programme, number)
);
INSERT INTO "exports" VALUES(1,'hung-yen-2024',1,'2024-02-20 06:15:00.000000','Lan','','/srv/doithoai/data/xuat/hung-yen-2024/hung-yen-2024-lan-01-20240220-1315.xlsx','710a8c23887a6dfc5b62079f3fe075c8a6c0ec605aadbdd0384ad9d23a1771d2',0,0,2,6,NULL,NULL,NULL);
CREATE TABLE facts (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_facts PRIMARY KEY (name)
);
INSERT INTO "facts" VALUES('schema_made_at','2024-02-20T12:00:00+07:00');
INSERT INTO "facts" VALUES('kind','production');
INSERT INTO "facts" VALUES('started_at:hung-yen-2024','2024-02-20T12:00:00+07:00');
CREATE TABLE history (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	submission_id INTEGER, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	state_before TEXT, 
	state_after TEXT, 
	reason TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	issue_id INTEGER, 
	standing TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	wanted TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	CONSTRAINT fk_history_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "history" VALUES(1,1,'2024-02-20 05:00:00.000000','asker','submit',NULL,'waiting','','giao-thong-van-tai',NULL,'','','','','a3bc5ad36d619064d09ee2870241d7d7796a2f4c4130018d1b3b8b0e9893480e');
INSERT INTO "history" VALUES(2,2,'2024-02-20 05:07:00.000000','asker','submit',NULL,'waiting','','hoc-phi-hoc-bong',NULL,'','','','','543460929e085bf2573364e6fa35a5ce4f48ffdd4a7228426070e02cfe8124ab');
INSERT INTO "history" VALUES(3,3,'2024-02-20 05:14:00.000000','asker','submit',NULL,'waiting','','so-huu-tri-tue',NULL,'','','','','8698de8cbfd1ab960ab19ac6346226e2f65efe4598bd8183da14309574332a82');
INSERT INTO "history" VALUES(4,4,'2024-02-20 05:21:00.000000','asker','submit',NULL,'waiting','','viec-lam',NULL,'','','','','d1bdf73f4dfba21f58ea884274a8f6c9f77be43c2145e9df9e7618367b893e57');
INSERT INTO "history" VALUES(5,5,'2024-02-20 05:28:00.000000','asker','submit',NULL,'waiting','','viec-lam',NULL,'','','','','4ad45e5b4d8ae4594b6fc357d3a208eebccedbb8278585988e7b2fc98923df7e');
INSERT INTO "history" VALUES(6,6,'2024-02-20 05:35:00.000000','asker','submit',NULL,'waiting','','viec-lam',NULL,'','','','','1c7c3129ff1f3bd1c0fab4ab8f09733a62b7c29d346e033a4c0de44b00124362');
INSERT INTO "history" VALUES(7,1,'2024-02-20 05:45:00.000000','Lan','approve','waiting','approved','','giao-thong-van-tai',1,'{"state":"waiting","topic":"giao-thong-van-tai","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','0785bb8566033644235be6f4f18c48a572fc29d464c9e30eb1305b0ca3336f8b');
INSERT INTO "history" VALUES(8,2,'2024-02-20 05:48:00.000000','Lan','change_topic','waiting','waiting','','viec-lam',NULL,'{"state":"waiting","topic":"hoc-phi-hoc-bong","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','5badcafb1268793890367db1b41c15bc5afd7bf10326bfa6392570aca144e481');
INSERT INTO "history" VALUES(9,2,'2024-02-20 05:51:00.000000','Minh','approve','waiting','approved','','viec-lam',2,'{"state":"waiting","topic":"viec-lam","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":8,"issue_route":null,"issue_decision":null}','','','','bf3f8749d0de9122ea88446bf301d296c90f43bbcd682431eb10fa3d9cc47fc3');
INSERT INTO "history" VALUES(10,3,'2024-02-20 05:54:00.000000','Lan','reject','waiting','rejected','Trùng với câu đã có ở buổi trước','so-huu-tri-tue',NULL,'{"state":"waiting","topic":"so-huu-tri-tue","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','42ae37e49ff27592786f3773ae7a283f78ffa937af63ed0ce37646419ab34df0');
INSERT INTO "history" VALUES(11,1,'2024-02-20 05:57:00.000000','Lan','undo','approved','waiting','approve','giao-thong-van-tai',NULL,'','','','','f59870470ba1b642652d27cab8626fc8b5bb8078aee7b3a8f3cba50f82146238');
INSERT INTO "history" VALUES(12,1,'2024-02-20 06:00:00.000000','Lan','approve','waiting','approved','','giao-thong-van-tai',3,'{"state":"waiting","topic":"giao-thong-van-tai","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','38a278b44f0b60bf8485c5091ea267cb2a148696b537bd20b773a0a53e81de71');
INSERT INTO "history" VALUES(13,4,'2024-02-20 06:00:00.000000','asker','edit','waiting','waiting','','viec-lam',NULL,'','','','e2775441918ea0c46f66eaeeb6f6e11ce833e2e03df4a6834c910e4cb48c0bf1','2282e8d2aba69932c4f160b3c5cdcc3c0959845cba43e14d27cc017855311934');
INSERT INTO "history" VALUES(14,6,'2024-02-20 06:03:00.000000','Lan','ask_back','waiting','asked','','viec-lam',NULL,'{"state":"waiting","topic":"viec-lam","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','b43472e12d67f5ecb742b92a3e128c5d9f22732eb7caeade5ef3c30551cd5173');
INSERT INTO "history" VALUES(15,6,'2024-02-20 06:03:00.000000','asker','answer','asked','waiting','','viec-lam',NULL,'','','','','e8553175406a8f1b1dc6bd359327c0648eae375366e21d88f2299adc16c34a42');
INSERT INTO "history" VALUES(16,7,'2024-02-20 06:03:00.000000','asker','submit',NULL,'waiting','','giao-thong-van-tai',NULL,'','','','','93def160d688f95a4ab5a1da4e267008ffdf6565ce4e7e652952d3c9ed96d54c');
INSERT INTO "history" VALUES(17,8,'2024-02-20 06:03:00.000000','asker','submit',NULL,'waiting','','hoc-phi-hoc-bong',NULL,'','','','','93b62ce53d692c79cb5f1c17df05f2ec7dae5f96e43981861cd71d92123e633f');
INSERT INTO "history" VALUES(18,9,'2024-02-20 06:03:00.000000','asker','submit',NULL,'waiting','','hoc-phi-hoc-bong',NULL,'','','','','f244e8ac1b2680b7408563892d39cb7e4649f4081eb83902a12f5f83d66a87be');
INSERT INTO "history" VALUES(19,7,'2024-02-20 06:06:00.000000','Lan','approve','waiting','approved','','giao-thong-van-tai',3,'{"state":"waiting","topic":"giao-thong-van-tai","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','4d40a23d76772b0252eebd16b8d9de20c10f26cd22f3d1f7c9c5ee20f7a90d0c');
INSERT INTO "history" VALUES(20,1,'2024-02-20 06:09:00.000000','Lan','edit_wording','approved','approved','','giao-thong-van-tai',3,'{"state":"approved","topic":"giao-thong-van-tai","issue_id":3,"reason":"","body":"","private":false,"assignee":"","decided_by":"Lan","decided_at":"2024-02-20T13:00:00+07:00","last_decision":12,"issue_route":["giao-thong-van-tai","so-gtvt",["cong-an","ubnd-xa"]],"issue_decision":null}','','','','6880ffba36261c04c50f1136227e8e9bdd8a3cb33d8a22d7d89617d8a7bd7743');
INSERT INTO "history" VALUES(21,8,'2024-02-20 06:12:00.000000','Lan','mask','waiting','waiting','','hoc-phi-hoc-bong',NULL,'{"state":"waiting","topic":"hoc-phi-hoc-bong","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','1ee6d9c27ab1fb0d67187b5301b497f28d13fced7936b4060bda2f592d9392cb');
INSERT INTO "history" VALUES(22,9,'2024-02-20 06:15:00.000000','Lan','split','waiting','split','','hoc-phi-hoc-bong',NULL,'{"state":"waiting","topic":"hoc-phi-hoc-bong","issue_id":null,"reason":"","body":"","private":false,"assignee":"","decided_by":"","decided_at":null,"last_decision":null,"issue_route":null,"issue_decision":null}','','','','5bd807e2c372af9a0b39c9592aca4ea0533037a5141563f007fc318ff2704b92');
INSERT INTO "history" VALUES(23,10,'2024-02-20 06:15:00.000000','Lan','submit',NULL,'waiting','','hoc-phi-hoc-bong',NULL,'','','','','5422dc7e887c4cd917fd7fa9d7e37fa201ece2542741508209d81dd0ca0882f5');
INSERT INTO "history" VALUES(24,11,'2024-02-20 06:15:00.000000','Lan','submit',NULL,'waiting','','viec-lam',NULL,'','','','','83da2d1480d8609492913533ba9528f0395a85ba7092bb0d766e17a9cc52cd80');
INSERT INTO "history" VALUES(25,12,'2024-02-20 06:15:00.000000','asker','submit',NULL,'waiting','','viec-lam',NULL,'','','','','a46731d10061dc3ffddb485c370c2cf0475df6b97eeeb2690c7746a7814fa2f4');
INSERT INTO "history" VALUES(26,12,'2024-02-20 06:15:00.000000','system','set_apart','waiting','waiting','abuse','viec-lam',NULL,'','','','','22d7b513f1a5f1c1a7ee5e419e0969113ffdf1efd2cd3124692711ace6695592');
INSERT INTO "history" VALUES(27,NULL,'2024-02-20 06:15:00.000000','Lan','exported',NULL,NULL,'','',NULL,'','hung-yen-2024 lần 1','710a8c23887a6dfc5b62079f3fe075c8a6c0ec605aadbdd0384ad9d23a1771d2','','52265ececb80a1e988d8f22d7b5edfe1fce74b3ee5bbab652df9a0fe3551f3b0');
CREATE TABLE history_texts (
	entry_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	"key" TEXT NOT NULL, elsewhere TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_history_texts PRIMARY KEY (entry_id), 
	CONSTRAINT fk_history_texts_entry_id FOREIGN KEY(entry_id) REFERENCES history (id)
);
INSERT INTO "history_texts" VALUES(13,'Xã mình có lớp dạy nghề cho thanh niên không?','e51f011479cd9b62c7819b37d4c42c3d','');
CREATE TABLE inbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	platform TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	update_id TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	raw TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	state TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	received_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	handled_at DATETIME, 
	error TEXT NOT NULL, 
	CONSTRAINT uq_inbox_platform_bot_update_id UNIQUE (platform, bot, update_id)
);
INSERT INTO "inbox" VALUES(1,'telegram','42','901','70','{"update_id": 901, "message": {"text": "Câu chưa kịp đọc"}}','86dcc31cf008aa9ba05370714cc60c057c0057d0ff9014415df619f6c8b54dd8','waiting',0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'');
CREATE TABLE invitations (
	token_hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, role TEXT DEFAULT 'moderator' NOT NULL, departments TEXT DEFAULT '[]' NOT NULL, units TEXT DEFAULT '[]' NOT NULL, 
	CONSTRAINT pk_invitations PRIMARY KEY (token_hash)
);
INSERT INTO "invitations" VALUES('invitations.token_hash','invitations.name','2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','moderator','invitations.departments','invitations.units');
CREATE TABLE issues (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	programme TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	topic TEXT NOT NULL, 
	lead TEXT, 
	supporting TEXT NOT NULL, edited_text TEXT DEFAULT '' NOT NULL, last_decision INTEGER, founder INTEGER, 
	CONSTRAINT uq_issues_programme_number UNIQUE (programme, number)
);
INSERT INTO "issues" VALUES(1,'hung-yen-2024',1,'giao-thong-van-tai','so-gtvt','["cong-an", "ubnd-xa"]','',NULL,1);
INSERT INTO "issues" VALUES(2,'hung-yen-2024',2,'viec-lam','so-ldtbxh','["bhxh"]','',NULL,2);
INSERT INTO "issues" VALUES(3,'hung-yen-2024',3,'giao-thong-van-tai','so-gtvt','["cong-an", "ubnd-xa"]','Khi nào có tuyến xe buýt về các xã?',20,1);
CREATE TABLE listed (
	list_id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	CONSTRAINT pk_listed PRIMARY KEY (list_id, submission_id), 
	CONSTRAINT fk_listed_list_id FOREIGN KEY(list_id) REFERENCES lists (id), 
	CONSTRAINT fk_listed_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "listed" VALUES(1,1);
CREATE TABLE lists (
	id INTEGER NOT NULL, 
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	page INTEGER NOT NULL, 
	nonce TEXT NOT NULL, 
	message_id TEXT, 
	created_at DATETIME NOT NULL, thread TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_lists PRIMARY KEY (id), 
	CONSTRAINT uq_lists_nonce UNIQUE (nonce)
);
INSERT INTO "lists" VALUES(1,'telegram','lists.bot','lists.chat','lists.kind',1,'lists.nonce','lists.message_id','2024-02-20 05:00:00.000000','lists.thread');
CREATE TABLE moderators (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	since DATETIME NOT NULL, role TEXT DEFAULT 'moderator' NOT NULL, departments TEXT DEFAULT '[]' NOT NULL, units TEXT DEFAULT '[]' NOT NULL, telegram TEXT, 
	CONSTRAINT uq_moderators_name UNIQUE (name)
);
INSERT INTO "moderators" VALUES(1,'moderators.name','2024-02-20 05:00:00.000000','moderator','moderators.departments','moderators.units','moderators.telegram');
CREATE TABLE news (
	submission_id INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	since TEXT NOT NULL, 
	CONSTRAINT pk_news PRIMARY KEY (submission_id), 
	CONSTRAINT fk_news_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "news" VALUES(1,'2024-02-20 05:00:00.000000','news.since');
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	words TEXT, 
	submission_id INTEGER, 
	file TEXT, 
	ephemeral BOOLEAN NOT NULL, 
	state TEXT NOT NULL, 
	tries INTEGER NOT NULL, 
	repeats INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	handled_at DATETIME, 
	message_id TEXT NOT NULL, 
	error TEXT NOT NULL, list_id INTEGER, shelf TEXT DEFAULT '' NOT NULL, thread TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_outbox_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "outbox" VALUES(1,'words','telegram','42','70','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 05:42:00.000000','1001','',NULL,'','');
INSERT INTO "outbox" VALUES(2,'words','telegram','42','70','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 06:15:00.000000','1002','',NULL,'','');
INSERT INTO "outbox" VALUES(3,'words','telegram','42','70','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(4,'words','telegram','42','70','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(5,'words','telegram','42','70','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(6,'words','telegram','42','70','{"text": "Bạn xem lại câu của mình nhé:\n\nBao giờ quê em có xe buýt?\n\nMình xếp thử vào lĩnh vực “Đường sá, vận tải, xe buýt”, cơ quan trả lời là Sở Giao thông vận tải. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-68dc1115", "Gửi"], ["rewrite-68dc1115", "Sửa"], ["drop-68dc1115", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(7,'card','telegram','42','-1001',NULL,1,NULL,0,'sent',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 05:42:00.000000','1007','',NULL,'','');
INSERT INTO "outbox" VALUES(8,'words','telegram','42','70','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0001-D\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(9,'words','telegram','42','71','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000','2024-02-20 05:42:00.000000','1009','',NULL,'','');
INSERT INTO "outbox" VALUES(10,'words','telegram','42','71','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000','2024-02-20 06:15:00.000000','1010','',NULL,'','');
INSERT INTO "outbox" VALUES(11,'words','telegram','42','71','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(12,'words','telegram','42','71','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(13,'words','telegram','42','71','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(14,'words','telegram','42','71','{"text": "Bạn xem lại câu của mình nhé:\n\nHọc phí đại học tăng cao quá, có hỗ trợ gì không ạ?\n\nMình xếp thử vào lĩnh vực “Học phí, khoản thu, học bổng”, cơ quan trả lời là Sở Giáo dục và Đào tạo. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-d63e46fe", "Gửi"], ["rewrite-d63e46fe", "Sửa"], ["drop-d63e46fe", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(15,'card','telegram','42','-1001',NULL,2,NULL,0,'sent',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000','2024-02-20 06:15:00.000000','1015','',NULL,'','');
INSERT INTO "outbox" VALUES(16,'words','telegram','42','71','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0002-P\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(17,'words','telegram','42','72','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000','2024-02-20 05:42:00.000000','1017','',NULL,'','');
INSERT INTO "outbox" VALUES(18,'words','telegram','42','72','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000','2024-02-20 06:15:00.000000','1018','',NULL,'','');
INSERT INTO "outbox" VALUES(19,'words','telegram','42','72','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(20,'words','telegram','42','72','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(21,'words','telegram','42','72','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(22,'words','telegram','42','72','{"text": "Bạn xem lại câu của mình nhé:\n\nEm muốn đăng ký nhãn hiệu nông sản cho hợp tác xã\n\nMình xếp thử vào lĩnh vực “Sở hữu trí tuệ, nhãn hiệu”, cơ quan trả lời là Sở Khoa học và Công nghệ. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-1a0918bc", "Gửi"], ["rewrite-1a0918bc", "Sửa"], ["drop-1a0918bc", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(23,'card','telegram','42','-1001',NULL,3,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(24,'words','telegram','42','72','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0003-C\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(25,'words','web','42','73','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000','2024-02-20 05:42:00.000000','1025','',NULL,'','');
INSERT INTO "outbox" VALUES(26,'words','web','42','73','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000','2024-02-20 06:15:00.000000','1026','',NULL,'','');
INSERT INTO "outbox" VALUES(27,'words','web','42','73','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(28,'words','web','42','73','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(29,'words','web','42','73','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(30,'words','web','42','73','{"text": "Bạn xem lại câu của mình nhé:\n\nXã mình có lớp dạy nghề cho thanh niên không?\n\nMình chưa chắc câu này thuộc lĩnh vực nào; cán bộ Đoàn sẽ đọc và chuyển đúng nơi.\nGửi đi chứ?", "choices": [["send-c3e164c7", "Gửi"], ["rewrite-c3e164c7", "Sửa"], ["drop-c3e164c7", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(31,'card','telegram','42','-1001',NULL,4,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(32,'words','web','42','73','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0004-N\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(33,'words','telegram','42','74','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000','2024-02-20 05:42:00.000000','1033','',NULL,'','');
INSERT INTO "outbox" VALUES(34,'words','telegram','42','74','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000','2024-02-20 06:15:00.000000','1034','',NULL,'','');
INSERT INTO "outbox" VALUES(35,'words','telegram','42','74','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(36,'words','telegram','42','74','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(37,'words','telegram','42','74','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(38,'words','telegram','42','74','{"text": "Bạn xem lại câu của mình nhé:\n\nChuyện này không biết hỏi ai 🙏\n\nMình chưa chắc câu này thuộc lĩnh vực nào; cán bộ Đoàn sẽ đọc và chuyển đúng nơi.\nGửi đi chứ?", "choices": [["send-dc66be2d", "Gửi"], ["rewrite-dc66be2d", "Sửa"], ["drop-dc66be2d", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(39,'card','telegram','42','-1001',NULL,5,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(40,'words','telegram','42','74','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0005-A\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(41,'words','telegram','42','75','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000','2024-02-20 05:42:00.000000','1041','',NULL,'','');
INSERT INTO "outbox" VALUES(42,'words','telegram','42','75','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000','2024-02-20 06:15:00.000000','1042','',NULL,'','');
INSERT INTO "outbox" VALUES(43,'words','telegram','42','75','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(44,'words','telegram','42','75','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(45,'words','telegram','42','75','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(46,'words','telegram','42','75','{"text": "Bạn xem lại câu của mình nhé:\n\nLàm sao tìm việc làm gần nhà?\n\nMình xếp thử vào lĩnh vực “Việc làm, thị trường lao động”, cơ quan trả lời là Sở Lao động - Thương binh và Xã hội. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-4710617e", "Gửi"], ["rewrite-4710617e", "Sửa"], ["drop-4710617e", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(47,'card','telegram','42','-1001',NULL,6,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(48,'words','telegram','42','75','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0006-M\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(49,'words','telegram','42','79','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000','2024-02-20 06:15:00.000000','1049','',NULL,'','');
INSERT INTO "outbox" VALUES(50,'words','telegram','42','79','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(51,'words','telegram','42','79','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(52,'words','telegram','42','79','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(53,'words','telegram','42','79','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(54,'words','telegram','42','79','{"text": "Bạn xem lại câu của mình nhé:\n\nCâu này em còn đang viết dở\n\nMình chưa chắc câu này thuộc lĩnh vực nào; cán bộ Đoàn sẽ đọc và chuyển đúng nơi.\nGửi đi chứ?", "choices": [["send-505acd99", "Gửi"], ["rewrite-505acd99", "Sửa"], ["drop-505acd99", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(55,'card','telegram','42','-1001',NULL,1,NULL,0,'waiting',0,0,'2024-02-20 05:45:00.000000','2024-02-20 05:45:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(56,'words','telegram','42','70','{"text": "Câu HY24-0001-D của bạn đã được duyệt và sẽ được chuyển đến Sở Giao thông vận tải.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:45:00.000000','2024-02-20 05:45:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(59,'words','telegram','42','71','{"text": "Câu HY24-0002-P của bạn đã được duyệt và sẽ được chuyển đến Sở Lao động - Thương binh và Xã hội.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:51:00.000000','2024-02-20 05:51:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(61,'words','telegram','42','72','{"text": "Câu HY24-0003-C của bạn chưa được đưa vào đối thoại. Lý do: Trùng với câu đã có ở buổi trước\nTrước hạn (24 giờ thứ Sáu, ngày 01/3/2024) bạn có thể sửa câu này (gõ /cuatoi) hoặc viết câu khác.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:54:00.000000','2024-02-20 05:54:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(63,'words','telegram','42','70','{"text": "Câu HY24-0001-D của bạn đang được xem xét lại; mình sẽ báo khi có kết quả.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:57:00.000000','2024-02-20 05:57:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(65,'words','telegram','42','70','{"text": "Câu HY24-0001-D của bạn đã được duyệt và sẽ được chuyển đến Sở Giao thông vận tải.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(66,'words','web','42','73','{"text": "Bạn gõ lại toàn bộ câu HY24-0004-N; mình sẽ cho xem lại trước khi lưu. (Gõ “hủy” nếu đổi ý.)", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(67,'words','web','42','73','{"text": "Bạn xem lại bản sửa của câu HY24-0004-N:\n\nXã mình có lớp dạy nghề điện cho thanh niên không?\n\nLưu bản này thay cho bản cũ chứ? Bản cũ vẫn được giữ trong hồ sơ, và cán bộ Đoàn sẽ duyệt lại câu này.", "choices": [["send-040979fb", "Lưu bản sửa"], ["rewrite-040979fb", "Sửa"], ["drop-040979fb", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(69,'words','web','42','73','{"text": "Đã sửa câu HY24-0004-N. Cán bộ Đoàn sẽ đọc bản mới.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(70,'words','telegram','42','74','{"text": "Bạn muốn rút câu HY24-0005-A? Rút rồi câu hỏi sẽ không được chuyển đi nữa.", "choices": [["yes-withdraw-HY24-0005-A", "Đúng, rút câu này"], ["back", "Quay lại"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(72,'words','telegram','42','75','{"text": "Về câu HY24-0006-M của bạn, Tỉnh đoàn Hưng Yên hỏi thêm:\nBạn ở xã nào?\nBạn trả lời bằng một tin nhắn ngay ở đây nhé. Đến 13 giờ 03 thứ Năm, ngày 22/02/2024 mà chưa có trả lời thì câu của bạn được xem xét như bạn đã viết.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(74,'words','telegram','42','75','{"text": "Cảm ơn bạn. Mình đã ghi lời ấy làm phần trả lời cho câu HY24-0006-M; câu của bạn lại chờ duyệt.", "choices": [["no-answer-HY24-0006-M", "Không, đó là câu hỏi mới"], ["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(75,'words','telegram','42','80','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000','2024-02-20 06:15:00.000000','1075','',NULL,'','');
INSERT INTO "outbox" VALUES(76,'words','telegram','42','80','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(77,'words','telegram','42','80','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(78,'words','telegram','42','80','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(79,'words','telegram','42','80','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(80,'words','telegram','42','80','{"text": "Bạn xem lại câu của mình nhé:\n\nXe buýt bao giờ về xã?\n\nMình xếp thử vào lĩnh vực “Đường sá, vận tải, xe buýt”, cơ quan trả lời là Sở Giao thông vận tải. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-573bca86", "Gửi"], ["rewrite-573bca86", "Sửa"], ["drop-573bca86", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(81,'card','telegram','42','-1001',NULL,7,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(82,'words','telegram','42','80','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0007-Y\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(83,'words','telegram','42','81','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000','2024-02-20 06:15:00.000000','1083','',NULL,'','');
INSERT INTO "outbox" VALUES(84,'words','telegram','42','81','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(85,'words','telegram','42','81','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(86,'words','telegram','42','81','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(87,'words','telegram','42','81','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(88,'words','telegram','42','81','{"text": "Bạn xem lại câu của mình nhé:\n\nEm tên là An, số 0912345678, em hỏi học phí\n\nMình xếp thử vào lĩnh vực “Học phí, khoản thu, học bổng”, cơ quan trả lời là Sở Giáo dục và Đào tạo. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-0084905e", "Gửi"], ["rewrite-0084905e", "Sửa"], ["drop-0084905e", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(89,'card','telegram','42','-1001',NULL,8,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(90,'words','telegram','42','81','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0008-L\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(91,'words','telegram','42','82','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000','2024-02-20 06:15:00.000000','1091','',NULL,'','');
INSERT INTO "outbox" VALUES(92,'words','telegram','42','82','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(93,'words','telegram','42','82','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(94,'words','telegram','42','82','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(95,'words','telegram','42','82','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(96,'words','telegram','42','82','{"text": "Bạn xem lại câu của mình nhé:\n\nHọc phí và việc làm thế nào?\n\nMình xếp thử vào lĩnh vực “Học phí, khoản thu, học bổng”, cơ quan trả lời là Sở Giáo dục và Đào tạo. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-f9a49780", "Gửi"], ["rewrite-f9a49780", "Sửa"], ["drop-f9a49780", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(97,'card','telegram','42','-1001',NULL,9,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(98,'words','telegram','42','82','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0009-X\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(101,'words','telegram','42','80','{"text": "Câu HY24-0007-Y của bạn đã được duyệt và sẽ được chuyển đến Sở Giao thông vận tải.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:06:00.000000','2024-02-20 06:06:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(105,'card','telegram','42','-1001',NULL,10,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(106,'card','telegram','42','-1001',NULL,11,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(108,'words','telegram','42','82','{"text": "Câu HY24-0009-X của bạn hỏi nhiều việc nên được tách thành 2 phần, mỗi phần gửi đến đúng nơi trả lời. Bạn vẫn theo dõi bằng mã ấy.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(109,'words','telegram','42','90','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000','1109','',NULL,'','');
INSERT INTO "outbox" VALUES(110,'words','telegram','42','90','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(111,'words','telegram','42','90','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(112,'words','telegram','42','90','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(113,'words','telegram','42','90','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(114,'words','telegram','42','90','{"text": "Mình chỉ là máy, nhưng mình lo bạn, hoặc người bạn nhắc đến, đang bị làm hại. Không ai có quyền làm như vậy, và đó không phải lỗi của người bị hại.\nNếu đang nguy hiểm, xin bạn gọi ngay: 113 (công an), 111 (Tổng đài quốc gia bảo vệ trẻ em, miễn phí, cả ngày đêm), 115 (cấp cứu); hoặc đến chỗ người bạn tin, trạm y tế, công an gần nhất. Người ấy xem được máy của bạn thì đọc xong bạn nên xóa tin này.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(115,'words','telegram','42','90','{"text": "Đây là lời bạn viết:\n\nEm bị bố dượng đánh, em sợ lắm\n\nNếu bạn gửi, chỉ người phụ trách của chương trình đọc; lời này không vào nhóm, không vào bảng tổng hợp và không nêu ở buổi đối thoại. Nếu máy hiểu nhầm, bạn cứ gửi: người phụ trách sẽ chuyển câu hỏi của bạn đi như mọi câu khác.\nGửi cho người phụ trách chứ?", "choices": [["send-59e3d5bc", "Gửi"], ["rewrite-59e3d5bc", "Sửa"], ["drop-59e3d5bc", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(116,'words','telegram','42','-1001','{"text": "Có một tin nhắn cần người phụ trách xem riêng, nhưng chương trình chưa có người phụ trách nên chưa ai xem được. Báo người vận hành mời ngay một người.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(117,'words','telegram','42','90','{"text": "Lời của bạn đã được giữ riêng cho người phụ trách; cán bộ khác không đọc được. Mã: HY24-0010-C\nLời này không được trả lời công khai. Người phụ trách xem xong, mình sẽ nhắn cho bạn ở đây.\nNgười phụ trách không trực cả ngày đêm: cần giúp ngay, bạn đừng chờ mà hãy gọi 111, 113 hoặc 115.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
INSERT INTO "outbox" VALUES(118,'file','telegram','42','-1001','{"text": "Bảng tổng hợp lần 1, lúc 13 giờ 15 thứ Ba, ngày 20/02/2024. 2 vấn đề đã duyệt, 6 câu chờ duyệt.", "choices": []}',NULL,'/srv/doithoai/data/xuat/hung-yen-2024/hung-yen-2024-lan-01-20240220-1315.xlsx',0,'waiting',0,0,'2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',NULL,'','',NULL,'','');
CREATE TABLE people (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	consent_version INTEGER NOT NULL, 
	consented_at DATETIME NOT NULL, 
	unit TEXT NOT NULL, 
	youth_group TEXT NOT NULL, 
	CONSTRAINT uq_people_channel_bot_chat UNIQUE (channel, bot, chat)
);
INSERT INTO "people" VALUES(1,'telegram','42','70',1,'2024-02-20 05:00:00.000000','','');
INSERT INTO "people" VALUES(7,'telegram','42','71',1,'2024-02-20 05:07:00.000000','','');
INSERT INTO "people" VALUES(13,'telegram','42','72',1,'2024-02-20 05:14:00.000000','','');
INSERT INTO "people" VALUES(19,'web','42','73',1,'2024-02-20 05:21:00.000000','','');
INSERT INTO "people" VALUES(25,'telegram','42','74',1,'2024-02-20 05:28:00.000000','','');
INSERT INTO "people" VALUES(31,'telegram','42','75',1,'2024-02-20 05:35:00.000000','','');
INSERT INTO "people" VALUES(37,'telegram','42','79',1,'2024-02-20 05:42:00.000000','','');
INSERT INTO "people" VALUES(46,'telegram','42','80',1,'2024-02-20 06:03:00.000000','','');
INSERT INTO "people" VALUES(52,'telegram','42','81',1,'2024-02-20 06:03:00.000000','','');
INSERT INTO "people" VALUES(58,'telegram','42','82',1,'2024-02-20 06:03:00.000000','','');
INSERT INTO "people" VALUES(64,'telegram','42','90',1,'2024-02-20 06:15:00.000000','','');
CREATE TABLE programme_changes (
	id INTEGER NOT NULL, 
	programme TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	day DATE, 
	closes_at DATETIME, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_programme_changes PRIMARY KEY (id)
);
INSERT INTO "programme_changes" VALUES(1,'hung-yen-2024','2024-02-20 05:00:00.000000','programme_changes.actor','2024-03-05','2024-02-20 05:00:00.000000','programme_changes.reason');
CREATE TABLE ratings (
	answer_id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	good BOOLEAN NOT NULL, 
	words TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_ratings PRIMARY KEY (answer_id, submission_id), 
	CONSTRAINT fk_ratings_answer_id FOREIGN KEY(answer_id) REFERENCES answers (id), 
	CONSTRAINT fk_ratings_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "ratings" VALUES(1,1,1,'ratings.words','2024-02-20 05:00:00.000000');
CREATE TABLE sealed (
	export_id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	CONSTRAINT pk_sealed PRIMARY KEY (export_id, submission_id), 
	CONSTRAINT fk_sealed_export_id FOREIGN KEY(export_id) REFERENCES exports (id), 
	CONSTRAINT fk_sealed_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "sealed" VALUES(1,1);
CREATE TABLE sessions (
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	state TEXT NOT NULL, 
	draft_open BOOLEAN NOT NULL, 
	touched_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (channel, bot, chat)
);
INSERT INTO "sessions" VALUES('telegram','42','70','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 05:00:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','71','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 05:07:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','72','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 05:14:00.000000');
INSERT INTO "sessions" VALUES('web','42','73','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:00:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','74','{"step": "withdraw", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "HY24-0005-A", "reminded_for": null, "anew": false, "rating": 0, "offered": [["yes-withdraw-HY24-0005-A", "dung, rut cau nay"], ["back", "quay lai"]]}',0,'2024-02-20 06:00:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','75','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["no-answer-HY24-0006-M", "khong, do la cau hoi moi"], ["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:03:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','79','{"step": "draft", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "Câu này em còn đang viết dở", "draft_typed_at": "2024-02-20T12:42:00+07:00", "draft_answered_at": "2024-02-20T12:42:00+07:00", "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["send-505acd99", "gui"], ["rewrite-505acd99", "sua"], ["drop-505acd99", "bo"]]}',1,'2024-02-20 05:42:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','80','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:03:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','81','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:03:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','82','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:03:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','90','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "anew": false, "rating": 0, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:15:00.000000');
CREATE TABLE sign_ins (
	session_hash TEXT NOT NULL, 
	moderator_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_ins PRIMARY KEY (session_hash), 
	CONSTRAINT fk_sign_ins_moderator_id FOREIGN KEY(moderator_id) REFERENCES moderators (id) ON DELETE CASCADE
);
INSERT INTO "sign_ins" VALUES('sign_ins.session_hash',1,'2024-02-20 05:00:00.000000');
CREATE TABLE slip_photos (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	programme TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	file_id TEXT NOT NULL, 
	unique_id TEXT NOT NULL, 
	album TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	sent_by TEXT NOT NULL, 
	sent_at DATETIME NOT NULL, 
	state TEXT NOT NULL, 
	file TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	taken_by TEXT NOT NULL, 
	taken_until DATETIME, 
	reason TEXT NOT NULL, 
	slips INTEGER NOT NULL, 
	ended_by TEXT NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT uq_slip_photos_programme_unique_id UNIQUE (programme, unique_id)
);
INSERT INTO "slip_photos" VALUES(1,'hung-yen-2024','telegram','slip_photos.bot','slip_photos.chat','slip_photos.file_id','slip_photos.unique_id','slip_photos.album','slip_photos.unit','slip_photos.sent_by','2024-02-20 05:00:00.000000','waiting','slip_photos.file','slip_photos.sha256','slip_photos.kind','slip_photos.taken_by','2024-02-20 05:00:00.000000','slip_photos.reason',1,'slip_photos.ended_by','2024-02-20 05:00:00.000000');
CREATE TABLE slips (
	programme TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	times INTEGER NOT NULL, 
	CONSTRAINT pk_slips PRIMARY KEY (programme, "key")
);
INSERT INTO "slips" VALUES('hung-yen-2024','slips.key',1);
CREATE TABLE submissions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	programme TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	text TEXT NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	topic TEXT NOT NULL, 
	proposal TEXT, 
	source TEXT NOT NULL, 
	source_label TEXT NOT NULL, 
	person_id INTEGER, 
	unit TEXT NOT NULL, 
	youth_group TEXT NOT NULL, 
	typed_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	late BOOLEAN NOT NULL, 
	issue_id INTEGER, 
	reason TEXT NOT NULL, 
	decided_by TEXT NOT NULL, 
	decided_at DATETIME, private BOOLEAN DEFAULT 0 NOT NULL, assignee TEXT DEFAULT '' NOT NULL, shown_text TEXT DEFAULT '' NOT NULL, body TEXT DEFAULT '' NOT NULL, last_decision INTEGER, whole_id INTEGER, part INTEGER DEFAULT 0 NOT NULL, folded TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_submissions_issue_id FOREIGN KEY(issue_id) REFERENCES issues (id), 
	CONSTRAINT fk_submissions_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT uq_submissions_code UNIQUE (code), 
	CONSTRAINT uq_submissions_programme_number UNIQUE (programme, number)
);
INSERT INTO "submissions" VALUES(1,'hung-yen-2024',1,'HY24-0001-D','Bao giờ quê em có xe buýt?','approved',6,'giao-thong-van-tai','["giao-thong-van-tai", 0.9, false, [["giao-thong-van-tai", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',1,'','','2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',0,3,'','Lan','2024-02-20 06:09:00.000000',0,'','','',20,NULL,0,'hy24-0001-d bao gio que em co xe buyt?');
INSERT INTO "submissions" VALUES(2,'hung-yen-2024',2,'HY24-0002-P','Học phí đại học tăng cao quá, có hỗ trợ gì không ạ?','approved',3,'viec-lam','["hoc-phi-hoc-bong", 0.9, false, [["hoc-phi-hoc-bong", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',7,'','','2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',0,2,'','Minh','2024-02-20 05:51:00.000000',0,'','','',9,NULL,0,'hy24-0002-p hoc phi dai hoc tang cao qua, co ho tro gi khong a?');
INSERT INTO "submissions" VALUES(3,'hung-yen-2024',3,'HY24-0003-C','Em muốn đăng ký nhãn hiệu nông sản cho hợp tác xã','rejected',2,'so-huu-tri-tue','["so-huu-tri-tue", 0.9, false, [["so-huu-tri-tue", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',13,'','','2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',0,NULL,'Trùng với câu đã có ở buổi trước','Lan','2024-02-20 05:54:00.000000',0,'','','',10,NULL,0,'hy24-0003-c em muon dang ky nhan hieu nong san cho hop tac xa');
INSERT INTO "submissions" VALUES(4,'hung-yen-2024',4,'HY24-0004-N','Xã mình có lớp dạy nghề điện cho thanh niên không?','waiting',2,'viec-lam','["viec-lam", 0.2, true, [["viec-lam", 0.2], ["chuyen-doi-so", 0.05], ["dao-tao-nghe", 0.03]]]','web','',19,'','','2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',0,NULL,'','',NULL,0,'','','',NULL,NULL,0,'hy24-0004-n xa minh co lop day nghe dien cho thanh nien khong?');
INSERT INTO "submissions" VALUES(5,'hung-yen-2024',5,'HY24-0005-A','Chuyện này không biết hỏi ai 🙏','waiting',1,'viec-lam','["viec-lam", 0.2, true, [["viec-lam", 0.2], ["chuyen-doi-so", 0.05], ["dao-tao-nghe", 0.03]]]','telegram','',25,'','','2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',0,NULL,'','',NULL,0,'','','',NULL,NULL,0,'hy24-0005-a chuyen nay khong biet hoi ai 🙏');
INSERT INTO "submissions" VALUES(6,'hung-yen-2024',6,'HY24-0006-M','Làm sao tìm việc làm gần nhà?','waiting',3,'viec-lam','["viec-lam", 0.9, false, [["viec-lam", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',31,'','','2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',0,NULL,'','',NULL,0,'','','',NULL,NULL,0,'hy24-0006-m lam sao tim viec lam gan nha?');
INSERT INTO "submissions" VALUES(7,'hung-yen-2024',7,'HY24-0007-Y','Xe buýt bao giờ về xã?','approved',3,'giao-thong-van-tai','["giao-thong-van-tai", 0.9, false, [["giao-thong-van-tai", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',46,'','','2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',0,3,'','Lan','2024-02-20 06:06:00.000000',0,'','','',19,NULL,0,'hy24-0007-y xe buyt bao gio ve xa?');
INSERT INTO "submissions" VALUES(8,'hung-yen-2024',8,'HY24-0008-L','Em tên là An, số 0912345678, em hỏi học phí','waiting',2,'hoc-phi-hoc-bong','["hoc-phi-hoc-bong", 0.9, false, [["hoc-phi-hoc-bong", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',52,'','','2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',0,NULL,'','',NULL,0,'','Em tên là An, số 09******78, em hỏi học phí','',21,NULL,0,'hy24-0008-l em ten la an, so 09******78, em hoi hoc phi');
INSERT INTO "submissions" VALUES(9,'hung-yen-2024',9,'HY24-0009-X','Học phí và việc làm thế nào?','split',2,'hoc-phi-hoc-bong','["hoc-phi-hoc-bong", 0.9, false, [["hoc-phi-hoc-bong", 0.9], ["viec-lam", 0.05], ["viec-lam", 0.03]]]','telegram','',58,'','','2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',0,NULL,'','Lan','2024-02-20 06:15:00.000000',0,'','','',22,NULL,0,'hy24-0009-x hoc phi va viec lam the nao?');
INSERT INTO "submissions" VALUES(10,'hung-yen-2024',-1,'HY24-0009-X/1','Học phí thế nào?','waiting',1,'hoc-phi-hoc-bong','["hoc-phi-hoc-bong", 0.9, false, [["hoc-phi-hoc-bong", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',58,'','','2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',0,NULL,'','',NULL,0,'','','',NULL,9,1,'hy24-0009-x/1 hoc phi the nao?');
INSERT INTO "submissions" VALUES(11,'hung-yen-2024',-2,'HY24-0009-X/2','Việc làm thế nào?','waiting',1,'viec-lam','["viec-lam", 0.9, false, [["viec-lam", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',58,'','','2024-02-20 06:03:00.000000','2024-02-20 06:03:00.000000',0,NULL,'','',NULL,0,'','','',NULL,9,2,'hy24-0009-x/2 viec lam the nao?');
INSERT INTO "submissions" VALUES(12,'hung-yen-2024',10,'HY24-0010-C','Em bị bố dượng đánh, em sợ lắm','waiting',1,'viec-lam','["viec-lam", 0.2, true, [["viec-lam", 0.2], ["chuyen-doi-so", 0.05], ["dao-tao-nghe", 0.03]]]','telegram','',64,'','','2024-02-20 06:15:00.000000','2024-02-20 06:15:00.000000',0,NULL,'','',NULL,1,'','','',NULL,NULL,0,'hy24-0010-c em bi bo duong danh, em so lam');
CREATE TABLE threads (
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	shelf TEXT NOT NULL, 
	thread TEXT NOT NULL, 
	name TEXT NOT NULL, 
	made_at DATETIME NOT NULL, 
	closed BOOLEAN NOT NULL, 
	CONSTRAINT pk_threads PRIMARY KEY (channel, bot, chat, shelf)
);
INSERT INTO "threads" VALUES('telegram','threads.bot','threads.chat','threads.shelf','threads.thread','threads.name','2024-02-20 05:00:00.000000',1);
CREATE UNIQUE INDEX uq_exports_occasion ON exports (programme, occasion) WHERE occasion <> '';
CREATE INDEX ix_programme_changes_programme ON programme_changes (programme);
CREATE INDEX ix_inbox_chat_order ON inbox (platform, bot, chat, id) WHERE state = 'waiting';
CREATE INDEX ix_inbox_quarantined ON inbox (id) WHERE state = 'quarantined';
CREATE INDEX ix_inbox_waiting ON inbox (id) WHERE state = 'waiting';
CREATE INDEX ix_sessions_touched_at ON sessions (touched_at);
CREATE INDEX ix_submissions_issue_id ON submissions (issue_id);
CREATE INDEX ix_submissions_person_id ON submissions (person_id);
CREATE INDEX ix_submissions_programme_state ON submissions (programme, state, number);
CREATE INDEX ix_outbox_chat_order ON outbox (channel, bot, chat, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX ix_outbox_said ON outbox (channel, bot, chat, id) WHERE kind = 'words';
CREATE INDEX ix_outbox_waiting ON outbox (id) WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_outbox_waiting_card ON outbox (channel, bot, chat, submission_id) WHERE kind = 'card' AND state = 'waiting';
CREATE INDEX ix_cards_submission_id ON cards (submission_id);
CREATE INDEX ix_invitations_name ON invitations (name);
CREATE INDEX ix_sign_ins_moderator_id ON sign_ins (moderator_id);
CREATE INDEX ix_submissions_private ON submissions (programme, number) WHERE private;
CREATE INDEX ix_submissions_whole_id ON submissions (whole_id);
CREATE INDEX ix_news_due_at ON news (due_at);
CREATE INDEX ix_asks_submission_id ON asks (submission_id);
CREATE INDEX ix_asks_open ON asks (due_at) WHERE answered_at IS NULL AND closed_at IS NULL;
CREATE UNIQUE INDEX uq_moderators_telegram ON moderators (telegram) WHERE telegram IS NOT NULL;
CREATE INDEX ix_listed_submission_id ON listed (submission_id);
CREATE UNIQUE INDEX uq_outbox_waiting_list ON outbox (list_id) WHERE kind = 'list' AND state = 'waiting';
CREATE INDEX ix_history_submission_id ON history (submission_id);
CREATE TRIGGER history_no_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE INDEX ix_sealed_submission_id ON sealed (submission_id);
CREATE INDEX ix_answers_to_release ON answers (release_at) WHERE state = 'confirmed' AND release_at IS NOT NULL;
CREATE INDEX ix_answer_news_submission_id ON answer_news (submission_id);
CREATE INDEX ix_answer_news_outbox_id ON answer_news (outbox_id);
CREATE INDEX ix_ratings_submission_id ON ratings (submission_id);
CREATE INDEX ix_exported_submission_id ON exported (submission_id);
CREATE INDEX ix_slip_photos_programme_state ON slip_photos (programme, state);
CREATE INDEX ix_answer_files_programme_state ON answer_files (programme, state);
CREATE INDEX ix_answer_rows_file_id ON answer_rows (file_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',118);
INSERT INTO "sqlite_sequence" VALUES('people',69);
INSERT INTO "sqlite_sequence" VALUES('submissions',12);
INSERT INTO "sqlite_sequence" VALUES('history',27);
INSERT INTO "sqlite_sequence" VALUES('issues',3);
INSERT INTO "sqlite_sequence" VALUES('asks',1);
INSERT INTO "sqlite_sequence" VALUES('inbox',1);
INSERT INTO "sqlite_sequence" VALUES('moderators',1);
INSERT INTO "sqlite_sequence" VALUES('answers',1);
INSERT INTO "sqlite_sequence" VALUES('slip_photos',1);
INSERT INTO "sqlite_sequence" VALUES('answer_files',1);
INSERT INTO "sqlite_sequence" VALUES('answer_rows',1);
COMMIT;
