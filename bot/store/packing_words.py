"""What packed callbacks are made of: the words that most of them have in common.

Four callbacks with invented names, the most frequent kind last, as `packing` joins them. Rows
are packed with it: it never changes. A better one gets a name and a version of its own.
"""

VERSION_1 = (
    '[["host", "tocsin.example.com"], ["user-agent", "Java/1.8.0_152"], ["accept", "'
    '*/*"], ["content-type", "application/x-www-form-urlencoded; charset=UTF-8"], ["'
    'content-length", "812"], ["x-forwarded-for", "203.0.113.7"], ["connection", "ke'
    'ep-alive"]]\0{"kind": "system_event", "state": "EVENT", "severity": "CRITICAL'
    '", "previous_severity": null, "rule_id": null, "rule_name": "ECS faults", "aler'
    't_name": "Instance:SystemFailure.Reboot:Executing", "metric": null, "metric_lab'
    'el": null, "project": "ECS", "namespace": null, "value": null, "unit": null, "d'
    'imensions": {"resourceId": "acs:ecs:cn-hangzhou:1023456789012345:instance/i-bp1'
    'f0e1d2c3b4a5z6y7x", "instanceId": "i-bp1f0e1d2c3b4a5z6y7x"}, "timestamp": "2026'
    '-01-12T06:31:01.000Z", "expressions": [], "instance_name": "web-prod-02", "regi'
    'on_id": "cn-hangzhou", "region_name": null, "group_id": null, "group_name": nul'
    'l, "user_id": "1023456789012345", "episode_id": null, "event_id": "demo-1768199'
    '461000", "event_status": "Executing", "duration_text": null, "labels": {}, "con'
    'tent": {"eventId": "e-demo", "reason": "SystemFailure.Reboot", "impact": "reboo'
    't"}}\0{"resourceId": "acs:ecs:cn-hangzhou:1023456789012345:instance/i-bp1f0e1'
    'd2c3b4a5z6y7x", "product": "ECS", "ver": "1.0", "instanceName": "web-prod-02", '
    '"level": "CRITICAL", "groupId": "", "eventType": "Exception", "userId": "102345'
    '6789012345", "content": {"eventId": "e-demo", "reason": "SystemFailure.Reboot",'
    ' "impact": "reboot"}, "regionId": "cn-hangzhou", "eventTime": "20260112T063101.'
    '000+0000", "name": "Instance:SystemFailure.Reboot:Executing", "ruleName": "ECS '
    'faults", "id": "demo-1768199461000", "status": "Executing"}\0[["host", "tocsi'
    'n.example.com"], ["user-agent", "Java/1.8.0_152"], ["accept", "*/*"], ["content'
    '-type", "application/x-www-form-urlencoded; charset=UTF-8"], ["content-length",'
    ' "812"], ["x-forwarded-for", "203.0.113.7"], ["connection", "keep-alive"]]\0{'
    '"kind": "threshold", "state": "INSUFFICIENT_DATA", "severity": "INFO", "previou'
    's_severity": null, "rule_id": "alarmRule_uuid_demo_kafka", "rule_name": null, "'
    'alert_name": "Log pipeline: no messages", "metric": "instance_message_input", "'
    'metric_label": "实例消息生产流量", "project": "acs_kafka", "namespace": "acs_kafka", "v'
    'alue": null, "unit": "Bytes/s", "dimensions": {"instanceId": "alikafka_post-sg-'
    '0pp1abcd001", "userId": "1023456789012345"}, "timestamp": "2026-01-12T06:31:01.'
    '000Z", "expressions": [{"expression": "$Value < 1", "level": null, "times": nul'
    'l}], "instance_name": "kafka-logs", "region_id": "ap-southeast-1", "region_name'
    '": "Singapore", "group_id": null, "group_name": "logs", "user_id": "10234567890'
    '12345", "episode_id": null, "event_id": null, "event_status": null, "duration_t'
    'ext": "0 minutes", "labels": {}, "content": {}}\0alertName=Log+pipeline%3A+no'
    "+messages&alertState=INSUFFICIENT_DATA&curValue=&dimensions=%7BinstanceId%3Dali"
    "kafka_post-sg-0pp1abcd001%2C+userId%3D1023456789012345%7D&dimensionsOriginal=%7"
    "B%22instanceId%22%3A+%22alikafka_post-sg-0pp1abcd001%22%2C+%22userId%22%3A+%221"
    "023456789012345%22%7D&expression=%24Value+%3C+1&instanceName=kafka-logs&lastTim"
    "e=0+minutes&metricName=%E5%AE%9E%E4%BE%8B%E6%B6%88%E6%81%AF%E7%94%9F%E4%BA%A7%E"
    "6%B5%81%E9%87%8F&metricProject=acs_kafka&namespace=acs_kafka&preTriggerLevel=nu"
    "ll&productGroupName=logs&rawMetricName=instance_message_input&regionId=ap-south"
    "east-1&regionName=Singapore&ruleId=alarmRule_uuid_demo_kafka&timestamp=17681994"
    '61000&triggerLevel=INFO&unit=Bytes%2Fs&userId=1023456789012345\0[["host", "to'
    'csin.example.com"], ["user-agent", "Java/1.8.0_152"], ["accept", "*/*"], ["cont'
    'ent-type", "application/x-www-form-urlencoded; charset=UTF-8"], ["content-lengt'
    'h", "812"], ["x-forwarded-for", "203.0.113.7"], ["connection", "keep-alive"]]\0'
    '{"kind": "threshold", "state": "ALERT", "severity": "INFO", "previous_severity"'
    ': null, "rule_id": "alarmRule_uuid_demo_disk", "rule_name": null, "alert_name":'
    ' "磁盘空间不足", "metric": "diskusage_utilization", "metric_label": "磁盘使用率", "project'
    '": "acs_ecs", "namespace": "acs_ecs", "value": 96.1, "unit": "%", "dimensions":'
    ' {"instanceId": "i-wz9f4e1d2c3b4a5968z7", "userId": "1023456789012345", "device'
    '": "/dev/vda1"}, "timestamp": "2026-01-12T06:31:01.000Z", "expressions": [{"exp'
    'ression": "$Average >= 90", "level": null, "times": null}], "instance_name": "d'
    'b-node-3/172.18.0.9", "region_id": "cn-shenzhen", "region_name": "China (Shenzh'
    'en)", "group_id": null, "group_name": "orders", "user_id": "1023456789012345", '
    '"episode_id": null, "event_id": null, "event_status": null, "duration_text": "0'
    ' minutes", "labels": {}, "content": {}}\0alertName=%E7%A3%81%E7%9B%98%E7%A9%B'
    "A%E9%97%B4%E4%B8%8D%E8%B6%B3&alertState=ALERT&curValue=96.1&dimensions=%7Binsta"
    "nceId%3Di-wz9f4e1d2c3b4a5968z7%2C+userId%3D1023456789012345%2C+device%3D%2Fdev%"
    "2Fvda1%7D&dimensionsOriginal=%7B%22instanceId%22%3A+%22i-wz9f4e1d2c3b4a5968z7%2"
    "2%2C+%22userId%22%3A+%221023456789012345%22%2C+%22device%22%3A+%22%2Fdev%2Fvda1"
    "%22%7D&expression=%24Average+%3E%3D+90&instanceName=db-node-3%2F172.18.0.9&last"
    "Time=0+minutes&metricName=%E7%A3%81%E7%9B%98%E4%BD%BF%E7%94%A8%E7%8E%87&metricP"
    "roject=acs_ecs&namespace=acs_ecs&preTriggerLevel=null&productGroupName=orders&r"
    "awMetricName=diskusage_utilization&regionId=cn-shenzhen&regionName=China+%28She"
    "nzhen%29&ruleId=alarmRule_uuid_demo_disk&timestamp=1768199461000&triggerLevel=I"
    'NFO&unit=%25&userId=1023456789012345\0[["host", "tocsin.example.com"], ["user'
    '-agent", "Java/1.8.0_152"], ["accept", "*/*"], ["content-type", "application/x-'
    'www-form-urlencoded; charset=UTF-8"], ["content-length", "812"], ["x-forwarded-'
    'for", "203.0.113.7"], ["connection", "keep-alive"]]\0{"kind": "threshold", "s'
    'tate": "ALERT", "severity": "CRITICAL", "previous_severity": "WARN", "rule_id":'
    ' "alarmRule_uuid_demo_cpu", "rule_name": null, "alert_name": "Payment cluster: '
    'CPU too high", "metric": "CPUUtilization", "metric_label": "CPU使用率", "project":'
    ' "acs_ecs", "namespace": "acs_ecs", "value": 97.5, "unit": "%", "dimensions": {'
    '"instanceId": "i-bp1a7k2m9qz3x5c8v0n1", "userId": "1023456789012345"}, "timesta'
    'mp": "2026-01-12T06:31:01.000Z", "expressions": [{"expression": "$Average >= 85'
    '", "level": null, "times": null}], "instance_name": "web-prod-01/10.23.4.15", "'
    'region_id": "cn-hangzhou", "region_name": "China (Hangzhou)", "group_id": null,'
    ' "group_name": "pay-prod", "user_id": "1023456789012345", "episode_id": null, "'
    'event_id": null, "event_status": null, "duration_text": "0 minutes", "labels": '
    '{}, "content": {}}\0alertName=Payment+cluster%3A+CPU+too+high&alertState=ALER'
    "T&curValue=97.5&dimensions=%7BinstanceId%3Di-bp1a7k2m9qz3x5c8v0n1%2C+userId%3D1"
    "023456789012345%7D&dimensionsOriginal=%7B%22instanceId%22%3A+%22i-bp1a7k2m9qz3x"
    "5c8v0n1%22%2C+%22userId%22%3A+%221023456789012345%22%7D&expression=%24Average+%"
    "3E%3D+85&instanceName=web-prod-01%2F10.23.4.15&lastTime=0+minutes&metricName=CP"
    "U%E4%BD%BF%E7%94%A8%E7%8E%87&metricProject=acs_ecs&namespace=acs_ecs&preTrigger"
    "Level=WARN&productGroupName=pay-prod&rawMetricName=CPUUtilization&regionId=cn-h"
    "angzhou&regionName=China+%28Hangzhou%29&ruleId=alarmRule_uuid_demo_cpu&timestam"
    "p=1768199461000&triggerLevel=CRITICAL&unit=%25&userId=1023456789012345"
).encode()
