"""Names of metrics for people, by product code and metric id. From the metric reference."""

# product code -> metric id -> (English, Chinese)
_ECS = {
    "CPUUtilization": ("CPU usage", "CPU 使用率"),
    "cpu_total": ("CPU usage (agent)", "CPU 使用率（Agent）"),
    "memory_usedutilization": ("Memory usage", "内存使用率"),
    "diskusage_utilization": ("Disk usage", "磁盘使用率"),
    "fs_inodeutilization": ("Inode usage", "inode 使用率"),
    "load_5m": ("Load, 5 min", "5 分钟平均负载"),
    "net_tcpconnection": ("TCP connections", "TCP 连接数"),
    "networkin_rate": ("Network in", "网络流入速率"),
    "networkout_rate": ("Network out", "网络流出速率"),
    "InternetOutRate": ("Public outbound traffic", "公网流出带宽"),
    "VPC_PublicIP_InternetOutRate_Percent": (
        "Public outbound bandwidth usage",
        "公网流出带宽使用率",
    ),
    "DiskReadIOPS": ("Disk reads", "磁盘每秒读取次数"),
    "DiskWriteIOPS": ("Disk writes", "磁盘每秒写入次数"),
    "process.number": ("Processes", "进程数"),
}
_RDS = {
    "CpuUsage": ("CPU usage", "CPU 使用率"),
    "MemoryUsage": ("Memory usage", "内存使用率"),
    "DiskUsage": ("Disk usage", "磁盘使用率"),
    "IOPSUsage": ("IOPS usage", "IOPS 使用率"),
    "ConnectionUsage": ("Connection usage", "连接数使用率"),
    "DataDelay": ("Replica delay", "只读实例延迟"),
    "MySQL_QPS": ("MySQL queries", "MySQL 每秒查询数"),
    "MySQL_SlowQueries": ("MySQL slow queries", "MySQL 慢查询数"),
    "MySQL_ThreadsRunning": ("MySQL running threads", "MySQL 活跃线程数"),
}
_SLB = {
    "UnhealthyServerCount": ("Unhealthy backend servers", "异常后端服务器数"),
    "HeathyServerCount": ("Healthy backend servers", "健康后端服务器数"),  # the sender's spelling
    "ActiveConnection": ("Active connections", "活跃连接数"),
    "InstanceMaxConnectionUtilization": ("Connection usage", "最大连接数使用率"),
    "InstanceQps": ("Requests", "每秒请求数"),
    "InstanceStatusCode5xx": ("5xx answers", "5xx 状态码数"),
    "InstanceRt": ("Response time", "响应时间"),
    "InstanceTrafficTX": ("Outbound traffic", "流出带宽"),
    "InstanceTrafficTXUtilization": ("Outbound bandwidth usage", "流出带宽使用率"),
}
_REDIS_STEMS = {
    "MemoryUsage": ("Memory usage", "内存使用率"),
    "CpuUsage": ("CPU usage", "CPU 使用率"),
    "ConnectionUsage": ("Connection usage", "连接数使用率"),
    "QPSUsage": ("QPS usage", "QPS 使用率"),
    "HitRate": ("Hit rate", "命中率"),
    "AvgRt": ("Average response time", "平均响应时间"),
}
_REDIS = {
    edition + stem: names
    for edition in ("Standard", "Sharding", "Splitrw")
    for stem, names in _REDIS_STEMS.items()
}
_OSS = {
    "Availability": ("Availability", "可用性"),
    "ServerErrorRate": ("Server error rate", "服务端错误率"),
    "GetObjectE2eLatency": ("GetObject latency", "GetObject 端到端延迟"),
    "InternetSend": ("Public outbound traffic", "公网流出流量"),
}
_CDN = {
    "BPS": ("Bandwidth", "带宽"),
    "QPS": ("Requests", "每秒请求数"),
    "code4xx": ("4xx answers", "4xx 状态码占比"),
    "code5xx": ("5xx answers", "5xx 状态码占比"),
    "hitRate": ("Hit rate", "命中率"),
    "InternetOut": ("Public outbound traffic", "公网流出流量"),
}
_EIP_NAT = {
    "net_rx.rate": ("Inbound bandwidth", "流入带宽"),
    "net_tx.rate": ("Outbound bandwidth", "流出带宽"),
    "net_out.rate_percentage": ("Outbound bandwidth usage", "流出带宽使用率"),
    "out_ratelimit_drop_speed": ("Packets dropped by rate limit", "限速丢包速率"),
    "SnatConnection": ("SNAT connections", "SNAT 连接数"),
    "SnatConnectionDrop_ConcurrentConnectionLimit": (
        "SNAT connections dropped",
        "SNAT 并发丢弃连接数",
    ),
    "SessionLimitDropRate": ("Sessions dropped", "会话限制丢弃速率"),
}
_MONGODB = {
    "CPUUtilization": ("CPU usage", "CPU 使用率"),
    "MemoryUtilization": ("Memory usage", "内存使用率"),
    "DiskUtilization": ("Disk usage", "磁盘使用率"),
    "IOPSUtilization": ("IOPS usage", "IOPS 使用率"),
    "ConnectionUtilization": ("Connection usage", "连接数使用率"),
    "ReplicationLag": ("Replication lag", "主备复制延迟"),
    "QPS": ("Queries", "每秒查询数"),
}
_KAFKA = {
    "instance_disk_capacity": ("Disk usage", "实例磁盘使用率"),
    "instance_message_input": ("Message input", "实例消息生产流量"),
    "instance_message_output": ("Message output", "实例消息消费流量"),
    "message_accumulation": ("Message backlog", "消息堆积量"),
    "message_accumulation_onetopic": ("Message backlog of a topic", "Topic 消息堆积量"),
}
_ACK = {
    "node.cpu.utilization": ("Node CPU usage", "节点 CPU 使用率"),
    "node.memory.utilization": ("Node memory usage", "节点内存使用率"),
    "cluster.cpu.usage_rate": ("Cluster CPU usage", "集群 CPU 使用量"),
    "pod.cpu.usage_rate": ("Pod CPU usage", "Pod CPU 使用量"),
    "pod.memory.working_set": ("Pod memory", "Pod 内存使用量"),
}
_API_GATEWAY = {
    "code4XX_stage": ("4xx answers", "返回码 4XX 个数"),
    "code5XX_stage": ("5xx answers", "返回码 5XX 个数"),
    "Latency_stage": ("Latency", "延迟"),
}
_SITE = {
    "Availability": ("Availability", "可用率"),
    "ResponseTime": ("Response time", "响应时间"),
    "StatusCode": ("HTTP status", "状态码"),
}

METRICS: dict[str, dict[str, tuple[str, str]]] = {
    "acs_ecs": _ECS,
    "acs_rds": _RDS,
    "acs_slb": _SLB,
    "acs_kvstore": _REDIS,
    "acs_oss": _OSS,
    "acs_cdn": _CDN,
    "acs_dcdn": _CDN,
    "acs_vpc_eip": _EIP_NAT,
    "acs_nat_gateway": _EIP_NAT,
    "acs_mongodb": _MONGODB,
    "acs_kafka": _KAFKA,
    "acs_k8s": _ACK,
    "acs_apigateway": _API_GATEWAY,
    "acs_networkmonitor": _SITE,
}
