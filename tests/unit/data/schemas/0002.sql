BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE cards (
	id INTEGER NOT NULL, 
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	submission_id INTEGER NOT NULL, 
	nonce TEXT NOT NULL, 
	message_id TEXT, 
	menu TEXT NOT NULL, 
	CONSTRAINT pk_cards PRIMARY KEY (id), 
	CONSTRAINT fk_cards_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id), 
	CONSTRAINT uq_cards_channel_bot_chat_submission_id UNIQUE (channel, bot, chat, submission_id), 
	CONSTRAINT uq_cards_nonce UNIQUE (nonce)
);
INSERT INTO "cards" VALUES(1,'telegram','42','-1001',1,'ukQAGSIpEC8o',NULL,'');
INSERT INTO "cards" VALUES(2,'telegram','42','-1001',2,'vxVXdJHKIkw-',NULL,'');
INSERT INTO "cards" VALUES(3,'telegram','42','-1001',3,'xaj7e4uvtsyb',NULL,'');
INSERT INTO "cards" VALUES(4,'telegram','42','-1001',4,'m_o7V5FgZWHu',NULL,'');
INSERT INTO "cards" VALUES(5,'telegram','42','-1001',5,'67Vfgt0iTCC2',NULL,'');
INSERT INTO "cards" VALUES(6,'telegram','42','-1001',6,'qzmT0hr8szU2',NULL,'');
CREATE TABLE counters (
	kind TEXT NOT NULL, 
	programme TEXT NOT NULL, 
	value INTEGER NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (kind, programme)
);
INSERT INTO "counters" VALUES('submission','hung-yen-2024',7);
INSERT INTO "counters" VALUES('issue','hung-yen-2024',3);
CREATE TABLE exports (
	id INTEGER NOT NULL, 
	programme TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	asked_by TEXT NOT NULL, 
	occasion TEXT NOT NULL, 
	file TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_exports PRIMARY KEY (id), 
	CONSTRAINT uq_exports_programme_number UNIQUE (programme, number)
);
INSERT INTO "exports" VALUES(1,'hung-yen-2024',1,'2024-02-20 06:00:00.000000','Lan','','/srv/doithoai/data/xuat/hung-yen-2024/hung-yen-2024-lan-01-20240220-1300.xlsx','971ee64601abdca6d449d961e16381aa24099cc155504c94204564a473ac677a');
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
	submission_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	state_before TEXT, 
	state_after TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	text_before TEXT NOT NULL, 
	CONSTRAINT fk_history_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "history" VALUES(1,1,'2024-02-20 05:00:00.000000','asker','submit',NULL,'waiting','','giao-thong-van-tai','');
INSERT INTO "history" VALUES(2,2,'2024-02-20 05:07:00.000000','asker','submit',NULL,'waiting','','hoc-phi-hoc-bong','');
INSERT INTO "history" VALUES(3,3,'2024-02-20 05:14:00.000000','asker','submit',NULL,'waiting','','so-huu-tri-tue','');
INSERT INTO "history" VALUES(4,4,'2024-02-20 05:21:00.000000','asker','submit',NULL,'waiting','','viec-lam','');
INSERT INTO "history" VALUES(5,5,'2024-02-20 05:28:00.000000','asker','submit',NULL,'waiting','','viec-lam','');
INSERT INTO "history" VALUES(6,6,'2024-02-20 05:35:00.000000','asker','submit',NULL,'waiting','','viec-lam','');
INSERT INTO "history" VALUES(7,1,'2024-02-20 05:45:00.000000','Lan','approve','waiting','approved','','giao-thong-van-tai','');
INSERT INTO "history" VALUES(8,2,'2024-02-20 05:48:00.000000','Lan','change_topic','waiting','waiting','','viec-lam','');
INSERT INTO "history" VALUES(9,2,'2024-02-20 05:51:00.000000','Minh','approve','waiting','approved','','viec-lam','');
INSERT INTO "history" VALUES(10,3,'2024-02-20 05:54:00.000000','Lan','reject','waiting','rejected','Trùng với câu đã có ở buổi trước','so-huu-tri-tue','');
INSERT INTO "history" VALUES(11,1,'2024-02-20 05:57:00.000000','Lan','undo','approved','waiting','','giao-thong-van-tai','');
INSERT INTO "history" VALUES(12,1,'2024-02-20 06:00:00.000000','Lan','approve','waiting','approved','','giao-thong-van-tai','');
INSERT INTO "history" VALUES(13,4,'2024-02-20 06:00:00.000000','asker','edit','waiting','waiting','','viec-lam','Xã mình có lớp dạy nghề cho thanh niên không?');
INSERT INTO "history" VALUES(14,7,'2024-02-20 06:00:00.000000','asker','submit',NULL,'waiting','','viec-lam','');
INSERT INTO "history" VALUES(15,7,'2024-02-20 06:00:00.000000','system','set_apart','waiting','waiting','abuse','viec-lam','');
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
INSERT INTO "inbox" VALUES(1,'telegram','42','901','70','{"update_id": 901, "message": {"text": "Câu chưa kịp đọc"}}','86dcc31cf008aa9ba05370714cc60c057c0057d0ff9014415df619f6c8b54dd8','waiting',0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'');
CREATE TABLE invitations (
	token_hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, chief BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_invitations PRIMARY KEY (token_hash)
);
INSERT INTO "invitations" VALUES('invitations.token_hash','invitations.name','2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',1);
CREATE TABLE issues (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	programme TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	topic TEXT NOT NULL, 
	lead TEXT, 
	supporting TEXT NOT NULL, 
	CONSTRAINT uq_issues_programme_number UNIQUE (programme, number)
);
INSERT INTO "issues" VALUES(2,'hung-yen-2024',2,'viec-lam','so-ldtbxh','["bhxh"]');
INSERT INTO "issues" VALUES(3,'hung-yen-2024',3,'giao-thong-van-tai','so-gtvt','["cong-an", "ubnd-xa"]');
CREATE TABLE moderators (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	since DATETIME NOT NULL, chief BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT uq_moderators_name UNIQUE (name)
);
INSERT INTO "moderators" VALUES(1,'moderators.name','2024-02-20 05:00:00.000000',1);
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
	error TEXT NOT NULL, 
	CONSTRAINT fk_outbox_submission_id FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "outbox" VALUES(1,'words','telegram','42','70','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 05:42:00.000000','1001','');
INSERT INTO "outbox" VALUES(2,'words','telegram','42','70','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 06:00:00.000000','1002','');
INSERT INTO "outbox" VALUES(3,'words','telegram','42','70','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(4,'words','telegram','42','70','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(5,'words','telegram','42','70','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(6,'words','telegram','42','70','{"text": "Bạn xem lại câu của mình nhé:\n\nBao giờ quê em có xe buýt?\n\nMình xếp thử vào lĩnh vực “Đường sá, vận tải, xe buýt”, cơ quan trả lời là Sở Giao thông vận tải. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-68dc1115", "Gửi"], ["rewrite-68dc1115", "Sửa"], ["drop-68dc1115", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(7,'card','telegram','42','-1001',NULL,1,NULL,0,'sent',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000','2024-02-20 05:42:00.000000','1007','');
INSERT INTO "outbox" VALUES(8,'words','telegram','42','70','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0001-D\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(9,'words','telegram','42','71','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000','2024-02-20 05:42:00.000000','1009','');
INSERT INTO "outbox" VALUES(10,'words','telegram','42','71','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000','2024-02-20 06:00:00.000000','1010','');
INSERT INTO "outbox" VALUES(11,'words','telegram','42','71','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(12,'words','telegram','42','71','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(13,'words','telegram','42','71','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(14,'words','telegram','42','71','{"text": "Bạn xem lại câu của mình nhé:\n\nHọc phí đại học tăng cao quá, có hỗ trợ gì không ạ?\n\nMình xếp thử vào lĩnh vực “Học phí, khoản thu, học bổng”, cơ quan trả lời là Sở Giáo dục và Đào tạo. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-d63e46fe", "Gửi"], ["rewrite-d63e46fe", "Sửa"], ["drop-d63e46fe", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(15,'card','telegram','42','-1001',NULL,2,NULL,0,'sent',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000','2024-02-20 06:00:00.000000','1015','');
INSERT INTO "outbox" VALUES(16,'words','telegram','42','71','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0002-P\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(17,'words','telegram','42','72','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000','2024-02-20 05:42:00.000000','1017','');
INSERT INTO "outbox" VALUES(18,'words','telegram','42','72','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000','2024-02-20 06:00:00.000000','1018','');
INSERT INTO "outbox" VALUES(19,'words','telegram','42','72','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(20,'words','telegram','42','72','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(21,'words','telegram','42','72','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(22,'words','telegram','42','72','{"text": "Bạn xem lại câu của mình nhé:\n\nEm muốn đăng ký nhãn hiệu nông sản cho hợp tác xã\n\nMình xếp thử vào lĩnh vực “Sở hữu trí tuệ, nhãn hiệu”, cơ quan trả lời là Sở Khoa học và Công nghệ. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-1a0918bc", "Gửi"], ["rewrite-1a0918bc", "Sửa"], ["drop-1a0918bc", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(23,'card','telegram','42','-1001',NULL,3,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(24,'words','telegram','42','72','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0003-C\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(25,'words','web','42','73','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000','2024-02-20 05:42:00.000000','1025','');
INSERT INTO "outbox" VALUES(26,'words','web','42','73','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000','2024-02-20 06:00:00.000000','1026','');
INSERT INTO "outbox" VALUES(27,'words','web','42','73','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(28,'words','web','42','73','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(29,'words','web','42','73','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(30,'words','web','42','73','{"text": "Bạn xem lại câu của mình nhé:\n\nXã mình có lớp dạy nghề cho thanh niên không?\n\nMình chưa chắc câu này thuộc lĩnh vực nào; cán bộ Đoàn sẽ đọc và chuyển đúng nơi.\nGửi đi chứ?", "choices": [["send-c3e164c7", "Gửi"], ["rewrite-c3e164c7", "Sửa"], ["drop-c3e164c7", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(31,'card','telegram','42','-1001',NULL,4,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(32,'words','web','42','73','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0004-N\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(33,'words','telegram','42','74','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000','2024-02-20 05:42:00.000000','1033','');
INSERT INTO "outbox" VALUES(34,'words','telegram','42','74','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000','2024-02-20 06:00:00.000000','1034','');
INSERT INTO "outbox" VALUES(35,'words','telegram','42','74','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(36,'words','telegram','42','74','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(37,'words','telegram','42','74','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(38,'words','telegram','42','74','{"text": "Bạn xem lại câu của mình nhé:\n\nChuyện này không biết hỏi ai 🙏\n\nMình chưa chắc câu này thuộc lĩnh vực nào; cán bộ Đoàn sẽ đọc và chuyển đúng nơi.\nGửi đi chứ?", "choices": [["send-dc66be2d", "Gửi"], ["rewrite-dc66be2d", "Sửa"], ["drop-dc66be2d", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(39,'card','telegram','42','-1001',NULL,5,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(40,'words','telegram','42','74','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0005-A\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(41,'words','telegram','42','75','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000','2024-02-20 05:42:00.000000','1041','');
INSERT INTO "outbox" VALUES(42,'words','telegram','42','75','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000','2024-02-20 06:00:00.000000','1042','');
INSERT INTO "outbox" VALUES(43,'words','telegram','42','75','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(44,'words','telegram','42','75','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(45,'words','telegram','42','75','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(46,'words','telegram','42','75','{"text": "Bạn xem lại câu của mình nhé:\n\nLàm sao tìm việc làm gần nhà?\n\nMình xếp thử vào lĩnh vực “Việc làm, thị trường lao động”, cơ quan trả lời là Sở Lao động - Thương binh và Xã hội. Cán bộ Đoàn sẽ kiểm tra lại.\nGửi đi chứ?", "choices": [["send-4710617e", "Gửi"], ["rewrite-4710617e", "Sửa"], ["drop-4710617e", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(47,'card','telegram','42','-1001',NULL,6,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(48,'words','telegram','42','75','{"text": "Đã nhận câu hỏi của bạn. Mã: HY24-0006-M\nBạn giữ mã này để xem lại, sửa hoặc rút trước hạn (24 giờ thứ Sáu, ngày 01/3/2024). Có kết quả mình sẽ nhắn.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(49,'words','telegram','42','79','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000','2024-02-20 06:00:00.000000','1049','');
INSERT INTO "outbox" VALUES(50,'words','telegram','42','79','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(51,'words','telegram','42','79','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(52,'words','telegram','42','79','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(53,'words','telegram','42','79','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(54,'words','telegram','42','79','{"text": "Bạn xem lại câu của mình nhé:\n\nCâu này em còn đang viết dở\n\nMình chưa chắc câu này thuộc lĩnh vực nào; cán bộ Đoàn sẽ đọc và chuyển đúng nơi.\nGửi đi chứ?", "choices": [["send-505acd99", "Gửi"], ["rewrite-505acd99", "Sửa"], ["drop-505acd99", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:42:00.000000','2024-02-20 05:42:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(55,'card','telegram','42','-1001',NULL,1,NULL,0,'waiting',0,0,'2024-02-20 05:45:00.000000','2024-02-20 05:45:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(56,'words','telegram','42','70','{"text": "Câu HY24-0001-D của bạn đã được duyệt và sẽ được chuyển đến Sở Giao thông vận tải.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:45:00.000000','2024-02-20 05:45:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(59,'words','telegram','42','71','{"text": "Câu HY24-0002-P của bạn đã được duyệt và sẽ được chuyển đến Sở Lao động - Thương binh và Xã hội.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:51:00.000000','2024-02-20 05:51:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(61,'words','telegram','42','72','{"text": "Câu HY24-0003-C của bạn chưa được đưa vào đối thoại. Lý do: Trùng với câu đã có ở buổi trước\nTrước hạn (24 giờ thứ Sáu, ngày 01/3/2024) bạn có thể sửa câu này (gõ /cuatoi) hoặc viết câu khác.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:54:00.000000','2024-02-20 05:54:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(63,'words','telegram','42','70','{"text": "Câu HY24-0001-D của bạn đang được xem xét lại; mình sẽ báo khi có kết quả.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 05:57:00.000000','2024-02-20 05:57:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(65,'words','telegram','42','70','{"text": "Câu HY24-0001-D của bạn đã được duyệt và sẽ được chuyển đến Sở Giao thông vận tải.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(66,'words','web','42','73','{"text": "Bạn gõ lại toàn bộ câu HY24-0004-N; mình sẽ cho xem lại trước khi lưu. (Gõ “hủy” nếu đổi ý.)", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(67,'words','web','42','73','{"text": "Bạn xem lại bản sửa của câu HY24-0004-N:\n\nXã mình có lớp dạy nghề điện cho thanh niên không?\n\nLưu bản này thay cho bản cũ chứ? Bản cũ vẫn được giữ trong hồ sơ, và cán bộ Đoàn sẽ duyệt lại câu này.", "choices": [["send-040979fb", "Lưu bản sửa"], ["rewrite-040979fb", "Sửa"], ["drop-040979fb", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(69,'words','web','42','73','{"text": "Đã sửa câu HY24-0004-N. Cán bộ Đoàn sẽ đọc bản mới.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(70,'words','telegram','42','74','{"text": "Bạn muốn rút câu HY24-0005-A? Rút rồi câu hỏi sẽ không được chuyển đi nữa.", "choices": [["yes-withdraw-HY24-0005-A", "Đúng, rút câu này"], ["back", "Quay lại"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(71,'words','telegram','42','90','{"text": "Chào bạn! Mình là bot (máy trả lời tự động) của Tỉnh đoàn Hưng Yên, nhận câu hỏi, kiến nghị của thanh niên gửi đến buổi đối thoại với lãnh đạo tỉnh Hưng Yên.\nChủ đề: Thanh niên tỉnh Hưng Yên ứng dụng tiến bộ khoa học công nghệ và đổi mới sáng tạo vào phát triển kinh tế - xã hội.\nHạn gửi: 24 giờ thứ Sáu, ngày 01/3/2024.", "choices": []}',NULL,NULL,0,'sent',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000','1071','');
INSERT INTO "outbox" VALUES(72,'words','telegram','42','90','{"text": "Trước khi bắt đầu, mời bạn đọc mấy điều ngắn:\n– Mình lưu: câu bạn viết, lúc bạn gửi, nơi bạn ở, học hoặc làm việc và nhóm thanh niên (nếu bạn muốn cho biết), mã cuộc trò chuyện để nhắn lại cho bạn. Mình không hỏi tên, số điện thoại hay giấy tờ.\n– Để làm gì: chuyển câu hỏi đến cơ quan có trách nhiệm trả lời và báo kết quả cho bạn. Cơ quan trả lời không biết ai gửi.\n– Máy chỉ xếp thử câu hỏi vào lĩnh vực; người quyết định là cán bộ Đoàn. Không muốn máy đọc, bạn có thể nộp phiếu giấy cho Đoàn nơi bạn ở, học hoặc làm việc.\n– Chịu trách nhiệm về dữ liệu: Tỉnh đoàn Hưng Yên. Liên hệ: Ban Phong trào, Tỉnh đoàn Hưng Yên.\n– Trước hạn, bạn sửa hoặc rút câu hỏi lúc nào cũng được.\nBạn đã đủ 16 tuổi và đồng ý như vậy chứ?", "choices": [["consent-yes-1", "Đồng ý, mình đủ 16 tuổi"], ["consent-minor-1", "Mình chưa đủ 16 tuổi"], ["consent-no-1", "Không đồng ý"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(73,'words','telegram','42','90','{"text": "Bạn ở, học hoặc làm việc ở đâu? Chọn hoặc gõ tên; không muốn nói thì bấm “Bỏ qua”.", "choices": [["unit-0", "Thành phố Hưng Yên"], ["unit-1", "Thị xã Mỹ Hào"], ["unit-2", "Huyện Ân Thi"], ["unit-3", "Huyện Khoái Châu"], ["unit-4", "Huyện Kim Động"], ["unit-5", "Huyện Phù Cừ"], ["unit-6", "Huyện Tiên Lữ"], ["unit-7", "Huyện Văn Giang"], ["unit-8", "Huyện Văn Lâm"], ["unit-9", "Huyện Yên Mỹ"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(74,'words','telegram','42','90','{"text": "Bạn thuộc nhóm nào? (Bỏ qua cũng được.)", "choices": [["group-hoc-sinh", "Học sinh"], ["group-sinh-vien", "Sinh viên"], ["group-cong-nhan", "Công nhân, người lao động"], ["group-nong-thon", "Thanh niên nông thôn"], ["group-cong-chuc", "Cán bộ, công chức, viên chức"], ["group-luc-luong-vu-trang", "Lực lượng vũ trang"], ["group-doanh-nhan", "Doanh nhân, chủ mô hình kinh tế"], ["group-khac", "Khác"], ["skip", "Bỏ qua"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(75,'words','telegram','42','90','{"text": "Mời bạn viết câu hỏi hoặc kiến nghị, dài ngắn tùy bạn, không dấu cũng được. Viết xong mình sẽ cho xem lại trước khi gửi.", "choices": [["mine", "Câu hỏi của tôi"], ["help", "Trợ giúp"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(76,'words','telegram','42','90','{"text": "Mình chỉ là máy, nhưng mình lo bạn, hoặc người bạn nhắc đến, đang bị làm hại. Không ai có quyền làm như vậy, và đó không phải lỗi của người bị hại.\nNếu đang nguy hiểm, xin bạn gọi ngay: 113 (công an), 111 (Tổng đài quốc gia bảo vệ trẻ em, miễn phí, cả ngày đêm), 115 (cấp cứu); hoặc đến chỗ người bạn tin, trạm y tế, công an gần nhất. Người ấy xem được máy của bạn thì đọc xong bạn nên xóa tin này.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(77,'words','telegram','42','90','{"text": "Đây là lời bạn viết:\n\nEm bị bố dượng đánh, em sợ lắm\n\nNếu bạn gửi, chỉ người phụ trách của chương trình đọc; lời này không vào nhóm, không vào bảng tổng hợp và không nêu ở buổi đối thoại. Nếu máy hiểu nhầm, bạn cứ gửi: người phụ trách sẽ chuyển câu hỏi của bạn đi như mọi câu khác.\nGửi cho người phụ trách chứ?", "choices": [["send-59e3d5bc", "Gửi"], ["rewrite-59e3d5bc", "Sửa"], ["drop-59e3d5bc", "Bỏ"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(78,'words','telegram','42','-1001','{"text": "Có một tin nhắn cần người phụ trách xem riêng, nhưng chương trình chưa có người phụ trách nên chưa ai xem được. Báo người vận hành mời ngay một người.", "choices": []}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(79,'words','telegram','42','90','{"text": "Lời của bạn đã được giữ riêng cho người phụ trách; cán bộ khác không đọc được. Mã: HY24-0007-Y\nLời này không được trả lời công khai. Người phụ trách xem xong, mình sẽ nhắn cho bạn ở đây.\nNgười phụ trách không trực cả ngày đêm: cần giúp ngay, bạn đừng chờ mà hãy gọi 111, 113 hoặc 115.", "choices": [["new", "Gửi câu khác"], ["mine", "Câu hỏi của tôi"]]}',NULL,NULL,0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
INSERT INTO "outbox" VALUES(80,'file','telegram','42','-1001','{"text": "Bảng tổng hợp lần 1, lúc 13 giờ 00 thứ Ba, ngày 20/02/2024: 2 câu đã duyệt, 3 câu chờ duyệt.", "choices": []}',NULL,'/srv/doithoai/data/xuat/hung-yen-2024/hung-yen-2024-lan-01-20240220-1300.xlsx',0,'waiting',0,0,'2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',NULL,'','');
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
INSERT INTO "people" VALUES(45,'telegram','42','90',1,'2024-02-20 06:00:00.000000','','');
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
CREATE TABLE sessions (
	channel TEXT NOT NULL, 
	bot TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	state TEXT NOT NULL, 
	draft_open BOOLEAN NOT NULL, 
	touched_at DATETIME NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (channel, bot, chat)
);
INSERT INTO "sessions" VALUES('telegram','42','70','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 05:00:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','71','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 05:07:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','72','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 05:14:00.000000');
INSERT INTO "sessions" VALUES('web','42','73','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:00:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','74','{"step": "withdraw", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "HY24-0005-A", "reminded_for": null, "offered": [["yes-withdraw-HY24-0005-A", "dung, rut cau nay"], ["back", "quay lai"]]}',0,'2024-02-20 06:00:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','75','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 05:35:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','79','{"step": "draft", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "Câu này em còn đang viết dở", "draft_typed_at": "2024-02-20T12:42:00+07:00", "draft_answered_at": "2024-02-20T12:42:00+07:00", "editing": "", "confiding": false, "subject": "", "reminded_for": null, "offered": [["send-505acd99", "gui"], ["rewrite-505acd99", "sua"], ["drop-505acd99", "bo"]]}',1,'2024-02-20 05:42:00.000000');
INSERT INTO "sessions" VALUES('telegram','42','90','{"step": "ready", "consent_version": 1, "profile_asked": true, "unit": "", "youth_group": "", "draft": "", "draft_typed_at": null, "draft_answered_at": null, "editing": "", "confiding": false, "subject": "", "reminded_for": null, "offered": [["new", "gui cau khac"], ["mine", "cau hoi cua toi"]]}',0,'2024-02-20 06:00:00.000000');
CREATE TABLE sign_ins (
	session_hash TEXT NOT NULL, 
	moderator_id INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_ins PRIMARY KEY (session_hash), 
	CONSTRAINT fk_sign_ins_moderator_id FOREIGN KEY(moderator_id) REFERENCES moderators (id) ON DELETE CASCADE
);
INSERT INTO "sign_ins" VALUES('sign_ins.session_hash',1,'2024-02-20 05:00:00.000000');
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
	decided_at DATETIME, private BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT fk_submissions_issue_id FOREIGN KEY(issue_id) REFERENCES issues (id), 
	CONSTRAINT fk_submissions_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT uq_submissions_code UNIQUE (code), 
	CONSTRAINT uq_submissions_programme_number UNIQUE (programme, number)
);
INSERT INTO "submissions" VALUES(1,'hung-yen-2024',1,'HY24-0001-D','Bao giờ quê em có xe buýt?','approved',4,'giao-thong-van-tai','["giao-thong-van-tai", 0.9, false, [["giao-thong-van-tai", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',1,'','','2024-02-20 05:00:00.000000','2024-02-20 05:00:00.000000',0,3,'','Lan','2024-02-20 06:00:00.000000',0);
INSERT INTO "submissions" VALUES(2,'hung-yen-2024',2,'HY24-0002-P','Học phí đại học tăng cao quá, có hỗ trợ gì không ạ?','approved',3,'viec-lam','["hoc-phi-hoc-bong", 0.9, false, [["hoc-phi-hoc-bong", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',7,'','','2024-02-20 05:07:00.000000','2024-02-20 05:07:00.000000',0,2,'','Minh','2024-02-20 05:51:00.000000',0);
INSERT INTO "submissions" VALUES(3,'hung-yen-2024',3,'HY24-0003-C','Em muốn đăng ký nhãn hiệu nông sản cho hợp tác xã','rejected',2,'so-huu-tri-tue','["so-huu-tri-tue", 0.9, false, [["so-huu-tri-tue", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',13,'','','2024-02-20 05:14:00.000000','2024-02-20 05:14:00.000000',0,NULL,'Trùng với câu đã có ở buổi trước','Lan','2024-02-20 05:54:00.000000',0);
INSERT INTO "submissions" VALUES(4,'hung-yen-2024',4,'HY24-0004-N','Xã mình có lớp dạy nghề điện cho thanh niên không?','waiting',2,'viec-lam','["viec-lam", 0.2, true, [["viec-lam", 0.2], ["chuyen-doi-so", 0.05], ["dao-tao-nghe", 0.03]]]','web','',19,'','','2024-02-20 05:21:00.000000','2024-02-20 05:21:00.000000',0,NULL,'','',NULL,0);
INSERT INTO "submissions" VALUES(5,'hung-yen-2024',5,'HY24-0005-A','Chuyện này không biết hỏi ai 🙏','waiting',1,'viec-lam','["viec-lam", 0.2, true, [["viec-lam", 0.2], ["chuyen-doi-so", 0.05], ["dao-tao-nghe", 0.03]]]','telegram','',25,'','','2024-02-20 05:28:00.000000','2024-02-20 05:28:00.000000',0,NULL,'','',NULL,0);
INSERT INTO "submissions" VALUES(6,'hung-yen-2024',6,'HY24-0006-M','Làm sao tìm việc làm gần nhà?','waiting',1,'viec-lam','["viec-lam", 0.9, false, [["viec-lam", 0.9], ["viec-lam", 0.05], ["chuyen-doi-so", 0.03]]]','telegram','',31,'','','2024-02-20 05:35:00.000000','2024-02-20 05:35:00.000000',0,NULL,'','',NULL,0);
INSERT INTO "submissions" VALUES(7,'hung-yen-2024',7,'HY24-0007-Y','Em bị bố dượng đánh, em sợ lắm','waiting',1,'viec-lam','["viec-lam", 0.2, true, [["viec-lam", 0.2], ["chuyen-doi-so", 0.05], ["dao-tao-nghe", 0.03]]]','telegram','',45,'','','2024-02-20 06:00:00.000000','2024-02-20 06:00:00.000000',0,NULL,'','',NULL,1);
CREATE UNIQUE INDEX uq_exports_occasion ON exports (programme, occasion) WHERE occasion <> '';
CREATE INDEX ix_programme_changes_programme ON programme_changes (programme);
CREATE INDEX ix_inbox_chat_order ON inbox (platform, bot, chat, id) WHERE state = 'waiting';
CREATE INDEX ix_inbox_quarantined ON inbox (id) WHERE state = 'quarantined';
CREATE INDEX ix_inbox_waiting ON inbox (id) WHERE state = 'waiting';
CREATE INDEX ix_sessions_touched_at ON sessions (touched_at);
CREATE INDEX ix_submissions_issue_id ON submissions (issue_id);
CREATE INDEX ix_submissions_person_id ON submissions (person_id);
CREATE INDEX ix_submissions_programme_state ON submissions (programme, state, number);
CREATE INDEX ix_history_submission_id ON history (submission_id);
CREATE INDEX ix_outbox_chat_order ON outbox (channel, bot, chat, id) WHERE state IN ('waiting', 'sending');
CREATE INDEX ix_outbox_said ON outbox (channel, bot, chat, id) WHERE kind = 'words';
CREATE INDEX ix_outbox_waiting ON outbox (id) WHERE state = 'waiting';
CREATE UNIQUE INDEX uq_outbox_waiting_card ON outbox (channel, bot, chat, submission_id) WHERE kind = 'card' AND state = 'waiting';
CREATE INDEX ix_cards_submission_id ON cards (submission_id);
CREATE INDEX ix_invitations_name ON invitations (name);
CREATE INDEX ix_sign_ins_moderator_id ON sign_ins (moderator_id);
CREATE TRIGGER history_no_update BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER history_no_delete BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE INDEX ix_submissions_private ON submissions (programme, number) WHERE private;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',80);
INSERT INTO "sqlite_sequence" VALUES('people',50);
INSERT INTO "sqlite_sequence" VALUES('submissions',7);
INSERT INTO "sqlite_sequence" VALUES('history',15);
INSERT INTO "sqlite_sequence" VALUES('issues',3);
INSERT INTO "sqlite_sequence" VALUES('inbox',1);
INSERT INTO "sqlite_sequence" VALUES('moderators',1);
COMMIT;
